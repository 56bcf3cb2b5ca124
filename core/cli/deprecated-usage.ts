import { readProfilesConfig, readProjectFlags } from "../../project/flags.ts";
import type { Flags } from "../../project/types.ts";
import type { GivenOptions } from "../config/flags.ts";
import { OPTIONS, RENAMED_ENV } from "../config/options.ts";
import { parseYamlOption } from "../config/vars.ts";
import type { NewEvent } from "../events/event.ts";
import { deprecation } from "../events/messages/general.ts";
import type { CommandSpec } from "./spec.ts";

type Env = { readonly [name: string]: string | undefined };

/** How a command was called, as far as dbt calls that old: https://docs.getdbt.com/reference/deprecations */
export function deprecatedUsage(
  spec: CommandSpec,
  flags: Flags,
  call: { given: GivenOptions; argv: readonly string[]; env: Env },
): NewEvent[] {
  return [
    ...renamedVariables(call.env),
    ...oldWarnErrorOptions(flags, call),
    ...flagsOfProfiles(flags),
    ...reservedVariables(call.env),
    ...modelsOption(call.argv),
    ...freshnessOutput(spec, flags),
  ];
}

function renamedVariables(env: Env): NewEvent[] {
  return Object.entries(RENAMED_ENV).flatMap(([old, { name }]) => {
    const [oldName, newName] = [`DBT_${old}`, `DBT_ENGINE_${OPTIONS[name]!.env}`];
    if (!env[oldName] && !env[`DBT_ENGINE_${old}`]) return [];
    const text =
      `The environment variable \`${oldName}\` has been renamed as \`${newName}\`.\n` +
      `If \`${oldName}\` is currently set, its value will be used instead of \`${newName}\`.\n` +
      `Set \`${newName}\` and unset \`${oldName}\` to avoid this deprecation warning and ensure it works properly in a future release.`;
    const data = { old_name: oldName, new_name: newName };
    return [deprecation("EnvironmentVariableRenamed", "D009", text, { named: false, data })];
  });
}

function flagsOfProfiles(flags: Flags): NewEvent[] {
  if (!readProfilesConfig(flags.profiles_dir)) return [];
  const text =
    "User config should be moved from the 'config' key in profiles.yml to the 'flags' key in dbt_project.yml.";
  return [deprecation("ProjectFlagsMovedDeprecation", "D013", text, { named: false, wrapped: false })];
}

function modelsOption(argv: readonly string[]): NewEvent[] {
  if (!argv.some((word) => /^(?:-m|--models?)(?:=|$)/.test(word))) return [];
  const text = "Usage of `--models`, `--model`, and `-m` is deprecated in favor of `--select` or `-s`.";
  return [deprecation("ModelParamUsageDeprecation", "D032", text)];
}

function freshnessOutput(spec: CommandSpec, flags: Flags): NewEvent[] {
  if (spec.name !== "source freshness" || !flags.output) return [];
  const text = `Custom output path usage \`--output ${String(flags.output)}\` usage detected in \`dbt source freshness\` command.`;
  const data = { path: String(flags.output) };
  return [deprecation("CustomOutputPathInSourceFreshnessDeprecation", "D029", text, { data })];
}

/** dbt reads these beside the options' own. */
const OTHER_VARIABLES = [
  "DOWNLOAD_DIR",
  "INVOCATION_ENV",
  "PACKAGE_HUB_URL",
  "PP_FILE_DIFF_TEST",
  "PP_TEST",
  "RECORDED_FILE_PATH",
  "TEST_STATE_MODIFIED",
];

function reservedVariables(env: Env): NewEvent[] {
  const found = Object.keys(env).filter((name) => name.startsWith("DBT_ENGINE"));
  if (found.length === 0) return [];
  const known = new Set([...OTHER_VARIABLES, ...Object.keys(RENAMED_ENV)].map((name) => `DBT_ENGINE_${name}`));
  for (const { env: name } of Object.values(OPTIONS)) if (name) known.add(`DBT_ENGINE_${name}`);
  return found
    .filter((name) => !known.has(name))
    .map((name) =>
      deprecation(
        "EnvironmentVariableNamespaceDeprecation",
        "D036",
        `Found custom environment variable \`${name}\` in the environment. The prefix \`DBT_ENGINE\` is reserved for dbt engine ` +
          "environment variables. Custom environment variables with the prefix `DBT_ENGINE` may cause collisions and runtime errors.",
        { data: { env_var: name, reserved_prefix: "DBT_ENGINE" } },
      ),
    );
}

function oldWarnErrorOptions(flags: Flags, call: { given: GivenOptions; env: Env }): NewEvent[] {
  const { error, warn } = flags.warn_error_options as { error?: unknown[] | string; warn?: unknown[] };
  if ((error?.length ?? 0) + (warn?.length ?? 0) === 0) return [];
  const { given, env } = call;
  const text = given.warn_error_options ?? (env.DBT_ENGINE_WARN_ERROR_OPTIONS || env.DBT_WARN_ERROR_OPTIONS);
  const written = text
    ? typeof text === "string"
      ? parseYamlOption(text, "--warn-error-options")
      : text
    : readProjectFlags(flags.project_dir, flags.profiles_dir)?.warn_error_options;
  const old = ["include", "exclude"].filter((key) => key in ((written ?? {}) as object));
  if (old.length === 0) return [];
  const advice = {
    include: " Please use `error` instead of `include`.",
    exclude: " Please use `warn` instead of `exclude`.",
  };
  const message =
    `Found ${old.map((key) => `\`${key}\``).join(" and ")} in \`warn_error_options\` specification.` +
    old.map((key) => advice[key as keyof typeof advice]).join("");
  const data = { found_include: old.includes("include"), found_exclude: old.includes("exclude") };
  return [deprecation("WEOIncludeExcludeDeprecation", "D031", message, { data })];
}
