export { PyBytes } from "./bytes.ts";
export { PyDate } from "./datetime/date.ts";
export { PyDateTime } from "./datetime/datetime.ts";
export { PyTime } from "./datetime/time.ts";
export { PyTimedelta } from "./datetime/timedelta.ts";
export { PyTimezone, PyTzinfo, UTC } from "./datetime/tz.ts";
export { PyDecimal } from "./decimal/decimal.ts";
export { md5 } from "./hash.ts";
export { dumpJson, loadJson } from "./json.ts";
