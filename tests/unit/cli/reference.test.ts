import { expect, test } from "vitest";
import { COMMANDS } from "../../../core/cli/commands/index.ts";
import { GLOBAL } from "../../../core/cli/options.ts";
import { OPTIONS } from "../../../core/config/options.ts";

const paths = COMMANDS.flatMap((spec) => [spec.name, ...(spec.aliases ?? [])]);

/** dbt 1.12's commands and what each takes beyond the options of all. */
const DBT: { [command: string]: string } = {
  build:
    "select exclude selector resource-type exclude-resource-type full-refresh empty threads store-failures show " +
    "event-time-start event-time-end sample sqlparse export-saved-queries include-saved-query",
  clean: "clean-project-files-only",
  clone: "select exclude selector resource-type exclude-resource-type full-refresh threads",
  compile: "select exclude selector inline output introspect full-refresh empty threads inject-ephemeral-ctes sqlparse",
  debug: "config-dir connection",
  deps: "upgrade lock add-package source",
  "docs generate": "select exclude selector threads compile empty-catalog static sqlparse",
  "docs serve": "host port browser",
  init: "skip-profile-setup skip-debug",
  ls: "select models exclude selector resource-type exclude-resource-type output output-keys",
  list: "select models exclude selector resource-type exclude-resource-type output output-keys",
  parse: "threads",
  retry: "full-refresh threads",
  run: "select exclude selector full-refresh empty threads event-time-start event-time-end sample sqlparse",
  "run-operation": "args sql threads",
  seed: "select exclude selector full-refresh empty show threads sqlparse",
  show: "select exclude selector inline inline-direct limit output introspect full-refresh threads sqlparse",
  snapshot: "select exclude selector empty threads sqlparse",
  "source freshness": "select exclude selector output threads sqlparse",
  "source snapshot-freshness": "select exclude selector output threads sqlparse",
  test: "select exclude selector resource-type exclude-resource-type store-failures threads sqlparse",
};

/** Commands that dbt has not. */
const OWN = ["check", "docs lineage", "lineage"];

test("every command of dbt is there", () => {
  expect([...paths].sort()).toEqual([...Object.keys(DBT), ...OWN].sort());
});

for (const [command, options] of Object.entries(DBT)) {
  test(`${command} takes what dbt's takes`, () => {
    const spec = COMMANDS.find((s) => s.name === command || s.aliases?.includes(command))!;
    const own = spec.options.map((option) => option.name);
    for (const option of options.split(" ")) expect(own).toContain(option);
  });
}

test("each option sets a flag that there is", () => {
  const accepted = /^(deprecated-|show-resource-report)/;
  for (const option of [...GLOBAL, ...COMMANDS.flatMap((spec) => [...spec.options])]) {
    if (accepted.test(option.name)) continue;
    const flag = option.flag ?? option.name.replaceAll("-", "_");
    expect(OPTIONS, `--${option.name}`).toHaveProperty(flag);
  }
});
