export { PyBytes } from "../jinja/runtime/bytes.ts";
