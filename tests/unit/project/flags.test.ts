import { mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { invocationArgsDict, resolveFlags, withBothPrefixes } from "../../../core/config/flags.ts";
import { nearest } from "../../../core/config/nearest.ts";
import { OPTIONS } from "../../../core/config/options.ts";
import { parseYamlOption } from "../../../core/config/vars.ts";
import { loadFlags, readProjectFlags } from "../../../project/flags.ts";

const cwd = tmpdir();
const flagsOf = (given = {}, env = {}, projectFlags = {}) => resolveFlags("build", given, { env, cwd, projectFlags });

describe("where a flag comes from", () => {
  test("the command line wins over the environment, that over the project, that over the default", () => {
    expect(flagsOf().fail_fast).toBe(false);
    expect(flagsOf({}, {}, { fail_fast: true }).fail_fast).toBe(true);
    expect(flagsOf({}, { DBT_FAIL_FAST: "0" }, { fail_fast: true }).fail_fast).toBe(false);
    expect(flagsOf({ fail_fast: true }, { DBT_FAIL_FAST: "0" }).fail_fast).toBe(true);
  });
  test("DBT_ENGINE_ wins over DBT_, an empty variable is none", () => {
    expect(flagsOf({}, { DBT_ENGINE_TARGET: "a", DBT_TARGET: "b" }).target).toBe("a");
    expect(flagsOf({}, { DBT_ENGINE_TARGET: "", DBT_TARGET: "b" }).target).toBe("b");
  });
  test("newer options are read with the reserved prefix alone", () => {
    expect(flagsOf({}, { DBT_MAXIMUM_SEED_SIZE_MIB: "7" }).maximum_seed_size_mib).toBe(1);
    expect(flagsOf({}, { DBT_ENGINE_MAXIMUM_SEED_SIZE_MIB: "7" }).maximum_seed_size_mib).toBe(7);
  });
  test("renamed variables still count, one of them negated", () => {
    expect(flagsOf({}, { DBT_NO_PRINT: "1" }).print).toBe(false);
    expect(flagsOf({}, { DBT_DEFER_TO_STATE: "true" }).defer).toBe(true);
  });
  test("names in any case are the same option", () => {
    expect(flagsOf({ fullRefresh: true }).full_refresh).toBe(true);
    expect(flagsOf({ "full-refresh": true }).full_refresh).toBe(true);
  });
  test("not every flag may stand in the project", () => {
    expect(flagsOf({}, {}, { full_refresh: true, quiet: true })).toMatchObject({ full_refresh: false, quiet: false });
  });
  test("changes of behaviour come from the project alone", () => {
    expect(flagsOf().require_unique_project_resource_names).toBe(false);
    expect(flagsOf({}, {}, { require_unique_project_resource_names: true }).require_unique_project_resource_names).toBe(
      true,
    );
  });
  test("a wrong type in the project is left out and told", () => {
    const told: string[] = [];
    const flags = resolveFlags(
      "run",
      {},
      { env: {}, cwd, projectFlags: { fail_fast: "yes" }, onIgnored: (m) => told.push(m) },
    );
    expect(flags.fail_fast).toBe(false);
    expect(told).toEqual(['flags.fail_fast in dbt_project.yml is ignored: it must be a boolean, not "yes"']);
  });
  test("the file's log options follow those of the screen unless set themselves", () => {
    expect(flagsOf({ log_format: "json" }).log_format_file).toBe("json");
    expect(flagsOf({ log_format: "json", log_format_file: "text" }).log_format_file).toBe("text");
    expect(flagsOf().log_level_file).toBe("debug");
  });
});

describe("values", () => {
  test("what is selected stays as written, words of a choice may be upper case", () => {
    expect(flagsOf({ select: ["a b", "c"] }).select).toEqual(["a b", "c"]);
    expect(flagsOf({ indirect_selection: "Cautious" }).indirect_selection).toBe("cautious");
    expect(flagsOf({}, { DBT_RESOURCE_TYPES: "model test" }).resource_types).toEqual(["model", "test"]);
  });
  test.each([
    [{ threads: "x" }, {}, "Invalid value for '--threads': 'x' is not a valid integer."],
    [
      { log_format: "jsn" },
      {},
      "Invalid value for '--log-format': 'jsn' is not one of 'text', 'debug', 'json', 'default'.",
    ],
    [{}, { DBT_FAIL_FAST: "maybe" }, "Invalid value for '--fail-fast': 'maybe' is not a valid boolean."],
    [{ vars: "key" }, {}, "Invalid value for '--vars': String 'key' is not valid YAML"],
    [{ project_dir: "/no/such" }, {}, "Invalid value for '--project-dir': Path '/no/such' does not exist."],
    [{ profiles_dir: "/no/such" }, {}, "Invalid value for '--profiles-dir': Path '/no/such' does not exist."],
    [
      { warn_error: true, warn_error_options: "{error: [NothingToDo]}" },
      {},
      "warn_error_options: not allowed with argument warn_error",
    ],
    [{ select: "a", inline: "select 1" }, {}, "inline: not allowed with argument select"],
    [
      { event_time_start: "2024-01-01" },
      {},
      "The flag `--event-time-start` was specified, but `--event-time-end` was not.",
    ],
    [
      { event_time_start: "2024-02-30", event_time_end: "2024-03-01" },
      {},
      "Invalid value for '--event-time-start': '2024-02-30' does not match the formats '%Y-%m-%d'",
    ],
    [{}, { DBT_SAMPLE: "3days" }, "Cannot load SAMPLE_WINDOW from '3days'. Must be of form 'DAYS_INT GRAIN_SIZE'."],
    [{ sample: "x days" }, {}, "Unable to convert 'x' to an integer."],
    [{ sample: "3 weeks" }, {}, "Invalid grain size 'weeks'. Must be one of ['hour', "],
  ])("%j with %j is refused", (given, env, message) => {
    expect(() => flagsOf(given, env)).toThrow(message);
  });
  test("the older names of warn_error_options", () => {
    expect(flagsOf({ warn_error_options: "{include: all, exclude: [NothingToDo]}" }).warn_error_options).toEqual({
      error: "all",
      warn: ["NothingToDo"],
      silence: [],
    });
    expect(() => flagsOf({ warn_error_options: "{include: all, error: [A]}" })).toThrow(
      "Only `include` or `error` can be specified in `warn_error_options`, not both",
    );
  });
});

describe("--vars", () => {
  test("a YAML mapping", () => {
    expect(parseYamlOption("{a: 1, b: [x, 2024-01-01x], c: null}", "--vars")).toEqual({
      a: 1,
      b: ["x", "2024-01-01x"],
      c: null,
    });
    expect(parseYamlOption("key: value", "--vars")).toEqual({ key: "value" });
    expect(parseYamlOption("{}", "--vars")).toEqual({});
  });
  test.each([
    ["", "it is empty: leave the option out, or write '{}'"],
    ["key:value", "a space must follow the colon: '{key: value}'"],
    ["{key: value", "the closing brace is missing: write '{name: value}'"],
    ["[1]", "it must be a YAML mapping, for example '{start_date: 2024-01-01, full: true}'"],
  ])("%s gets a hint", (text, hint) => {
    expect(() => parseYamlOption(text, "--vars")).toThrowError(
      expect.objectContaining({ kind: "Usage Error", details: expect.objectContaining({ hint }) }),
    );
  });
});

describe("folders", () => {
  test("the project is the nearest folder above, profiles come from the working directory, ~/.dbt, the project", () => {
    const root = mkdtempSync(join(tmpdir(), "tsdbt-flags-"));
    const deep = join(root, "a", "b");
    mkdirSync(deep, { recursive: true });
    writeFileSync(join(root, "dbt_project.yml"), "name: x\nflags:\n  fail_fast: true\nlog-path: my_logs\n");
    const env = { HOME: join(root, "home") };
    const here = () => resolveFlags("run", {}, { env, cwd: deep });
    expect(here().project_dir).toBe(root);
    expect(here().profiles_dir).toBe(join(root, "home", ".dbt"));
    writeFileSync(join(root, "profiles.yml"), "x: {}\n");
    expect(here().profiles_dir).toBe(root);
    mkdirSync(join(root, "home", ".dbt"), { recursive: true });
    writeFileSync(join(root, "home", ".dbt", "profiles.yml"), "x: {}\n");
    expect(here().profiles_dir).toBe(join(root, "home", ".dbt"));
    writeFileSync(join(deep, "profiles.yml"), "x: {}\n");
    expect(here().profiles_dir).toBe(deep);
    expect(readProjectFlags(root)).toEqual({ fail_fast: true });
    expect(loadFlags("run", {}, env, { cwd: deep })).toMatchObject({ fail_fast: true, log_path: join(root, "logs") });
  });
});

test("invocation_args_dict has the command's options, without those unset", () => {
  const args = invocationArgsDict(resolveFlags("run", { vars: "{a: 1}" }, { env: {}, cwd }));
  expect(args).toMatchObject({
    which: "run",
    vars: { a: 1 },
    select: [],
    empty: false,
    print: true,
    strict_mode: false,
  });
  for (const name of ["threads", "full_refresh", "debug", "output", "store_failures", "target", "macro"])
    expect(args).not.toHaveProperty(name);
});

test("both prefixes hold the same value", () => {
  expect(withBothPrefixes({ DBT_TARGET: "a", DBT_ENGINE_PROFILE: "b" })).toMatchObject({
    DBT_ENGINE_TARGET: "a",
    DBT_PROFILE: "b",
  });
});

test("the nearest name", () => {
  expect(nearest("modle-paths", ["model-paths", "macro-paths"])).toBe("model-paths");
  expect(nearest("model_paths", ["seed-paths", "model-paths"])).toBe("model-paths");
  expect(nearest("zzz", ["model-paths"])).toBeUndefined();
});

test("every option's default is one of its choices", () => {
  for (const option of Object.values(OPTIONS))
    if (option.kind === "choice") expect(option.choices).toContain(option.default);
});
