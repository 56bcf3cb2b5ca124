import type { Flags } from "../../../project/types.ts";
import { toPython } from "../../jinja/index.ts";
import { type Data, HostObject } from "../../jinja/runtime/values.ts";

/** The options that `flags.X` shows: those of the command line that do not name secrets, and some of the project's. */
const SHOWN: ReadonlySet<string> = new Set([
  "use_experimental_parser",
  "static_parser",
  "warn_error",
  "warn_error_options",
  "write_json",
  "partial_parse",
  "use_colors",
  "profiles_dir",
  "debug",
  "log_format",
  "version_check",
  "fail_fast",
  "send_anonymous_usage_stats",
  "printer_width",
  "indirect_selection",
  "log_cache_events",
  "quiet",
  "no_print",
  "cache_selected_only",
  "introspect",
  "target_path",
  "log_path",
  "invocation_command",
  "empty",
  "maximum_seed_size_mib",
  "hints_enabled",
  "full_refresh",
  "store_failures",
  "which",
  "require_sql_header_in_test_configs",
]);

/** `flags` of templates: `flags.FULL_REFRESH`, `flags.WHICH`. https://docs.getdbt.com/reference/dbt-jinja-functions/flags */
export class FlagsObject extends HostObject {
  readonly typeName = "Namespace";
  private readonly flags: Flags;
  constructor(flags: Flags) {
    super();
    this.flags = flags;
  }
  override attr(name: string): unknown {
    const key = name.toLowerCase();
    if (name !== name.toUpperCase() || !SHOWN.has(key)) return undefined;
    const value = this.flags[key];
    return value === undefined ? null : toPython(value as Data);
  }
}
