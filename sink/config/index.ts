export { loadConfig, parseConfig } from "./load.ts";
export {
  type ColumnType,
  type Config,
  type ConfigInput,
  configSchema,
  layoutSchema,
  type OutputOptions,
} from "./schema.ts";
