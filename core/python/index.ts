export { PyBytes } from "./bytes.ts";
export { PyDate } from "./datetime/date.ts";
export { PyDateTime } from "./datetime/datetime.ts";
export { PyTimedelta } from "./datetime/timedelta.ts";
export { UTC } from "./datetime/tz.ts";
export { PyDecimal } from "./decimal/decimal.ts";
export { dumpJson, loadJson } from "./json.ts";
