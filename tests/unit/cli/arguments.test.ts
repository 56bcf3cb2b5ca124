import { describe, expect, test } from "vitest";
import { parseArguments } from "../../../core/cli/arguments.ts";

function given(...argv: string[]): { command: string; given: { [flag: string]: unknown } } {
  const parsed = parseArguments(argv);
  if (parsed.kind !== "command") throw new Error(JSON.stringify(parsed));
  return { command: parsed.spec.name, given: parsed.given };
}

function usage(...argv: string[]): string {
  const parsed = parseArguments(argv);
  return parsed.kind === "usage" ? `${parsed.command}: ${parsed.message}` : JSON.stringify(parsed);
}

describe("options", () => {
  test("take several values, repeatedly, until the next option", () => {
    expect(given("run", "-s", "a", "+b", "--exclude", "c", "--select", "@d", "-x").given).toEqual({
      select: ["a", "+b", "@d"],
      exclude: ["c"],
      fail_fast: true,
    });
  });

  test("stand before or behind the command; the nearer one counts", () => {
    expect(given("-t", "dev", "--no-partial-parse", "run", "--target", "prod").given).toEqual({
      target: "prod",
      partial_parse: false,
    });
    expect(given("run", "-t", "prod", "-q").given).toEqual({ target: "prod", quiet: true });
    expect(given("--vars", "{run: test}", "build").given).toEqual({ vars: "{run: test}" });
  });

  test("have dbt's other spellings", () => {
    for (const spelling of ["-s", "-m", "--select", "--models", "--model"]) {
      expect(given("build", spelling, "a").given).toEqual({ select: ["a"] });
    }
    expect(given("build", "--models=a").given).toEqual({ select: ["a"] });
    expect(given("ls", "-m", "a").given).toEqual({ models: ["a"] });
    expect(given("ls", "--resource-types", "model", "--resource-type", "test").given).toEqual({
      resource_types: ["model", "test"],
    });
    expect(given("test", "--exclude-resource-types", "unit_test").given).toEqual({
      exclude_resource_types: ["unit_test"],
    });
  });

  test("can be negated", () => {
    expect(given("run", "--no-use-colors", "--no-version-check", "--empty", "--no-defer").given).toEqual({
      use_colors: false,
      version_check: false,
      empty: true,
      defer: false,
    });
  });

  test("short ones may be joined", () => {
    expect(given("run", "-xf", "-tprod").given).toEqual({ fail_fast: true, full_refresh: true, target: "prod" });
  });

  test("belong to their command", () => {
    expect(given("init", "shop", "-s").given).toEqual({ project_name: "shop", skip_profile_setup: true });
    expect(given("run-operation", "grant", "--args", "{a: 1}").given).toEqual({ macro: "grant", args: "{a: 1}" });
    expect(given("source", "freshness", "-o", "x.json").given).toEqual({ output: "x.json" });
    expect(given("source", "snapshot-freshness").command).toBe("source freshness");
    expect(given("show", "--inline", "select 1", "--limit", "-1").given).toEqual({ inline: "select 1", limit: "-1" });
    expect(given("ls", "--output", "json", "--output-keys", "name", "config.materialized").given).toEqual({
      output: "json",
      output_keys: ["name", "config.materialized"],
    });
  });
});

describe("what is wrong is said in click's words, with a hint", () => {
  const cases: [argv: string[], message: string][] = [
    [["run", "--foo"], "tsdbt run: No such option '--foo'."],
    [["run", "--ful-refresh"], "tsdbt run: No such option '--ful-refresh'. Did you mean '--full-refresh'?"],
    [["test", "--full-refresh"], "It is an option of build, run, seed, compile, show, retry, clone."],
    [["rnu"], "tsdbt: No such command 'rnu'. Did you mean 'run'?"],
    [["source", "fresh"], "tsdbt source: No such command 'fresh'. Did you mean 'freshness'"],
    [["-t", "dev", "biuld"], "tsdbt: No such command 'biuld'. Did you mean 'build'?"],
    [["run", "--threads"], "tsdbt run: Option '--threads' requires an argument."],
    [["run", "-s"], "tsdbt run: Option '--select' requires an argument."],
    [["run", "orders"], "Got unexpected extra argument (orders). To choose nodes write: tsdbt run --select orders"],
    [["clean", "a", "b"], "tsdbt clean: Got unexpected extra arguments (a b)."],
    [["-s", "x", "run"], "tsdbt: No such option '-s'."],
  ];
  for (const [argv, message] of cases) {
    test(argv.join(" "), () => expect(usage(...argv)).toContain(message));
  }
});

describe("help", () => {
  test("of all, of a group, of a command", () => {
    const text = (...argv: string[]) => {
      const parsed = parseArguments(argv);
      return parsed.kind === "help" ? { text: parsed.text.split("\n")[0], exitCode: parsed.exitCode } : parsed;
    };
    expect(text()).toEqual({ text: "Usage: tsdbt [OPTIONS] COMMAND [ARGS]...", exitCode: 2 });
    expect(text("--help")).toEqual({ text: "Usage: tsdbt [OPTIONS] COMMAND [ARGS]...", exitCode: 0 });
    expect(text("source")).toEqual({ text: "Usage: tsdbt source [OPTIONS] COMMAND [ARGS]...", exitCode: 2 });
    expect(text("run", "-h")).toEqual({ text: "Usage: tsdbt run [OPTIONS]", exitCode: 0 });
    expect(text("init", "--help")).toEqual({ text: "Usage: tsdbt init [OPTIONS] [PROJECT_NAME]", exitCode: 0 });
  });

  test("the version, wherever it is asked for", () => {
    for (const argv of [["--version"], ["-v"], ["-V"], ["run", "--version"], ["run", "-q", "-v"]]) {
      expect(parseArguments(argv)).toEqual({ kind: "version" });
    }
  });
});
