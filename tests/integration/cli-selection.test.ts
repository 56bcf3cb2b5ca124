import { cpSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { invoke } from "../../core/index.ts";
import { ROOT } from "../support/tsdbt.ts";

const FIXTURE = join(ROOT, "tests", "fixtures", "selection");
const answers = JSON.parse(readFileSync(join(FIXTURE, "answers.json"), "utf8")) as {
  arguments: string;
  ids?: string[];
}[];

let project: string;
beforeAll(async () => {
  project = join(mkdtempSync(join(tmpdir(), "tsdbt-selection-")), "project");
  cpSync(join(FIXTURE, "project"), project, { recursive: true });
  const { exitCode, output } = await invoke(["deps"], { cwd: project, env: { HOME: project } });
  expect(exitCode, output).toBe(0);
});
afterAll(() => rmSync(join(project, ".."), { recursive: true, force: true }));

// Each parses the project anew: a few of the questions that tests/unit/select asks of the recorded manifest.
const questions = [
  "--resource-type all",
  "-s 2+revenue",
  "-s @stg_sessions",
  "-s tag:staging,tag:nightly",
  "-s config.meta.owner.team:data",
  "--selector set_operators",
  "-s tag:staging --indirect-selection buildable",
  "-s version:prerelease",
];

for (const question of questions) {
  test(`ls ${question}`, async () => {
    const args = ["ls", "-q", "--output", "json", "--output-keys", "unique_id"];
    const { exitCode, output } = await invoke([...args, ...question.split(" ")], {
      cwd: project,
      env: { HOME: project },
    });
    expect(exitCode, output).toBe(0);
    const ids = output
      .split("\n")
      .flatMap((line) => (line ? [(JSON.parse(line) as { unique_id: string }).unique_id] : []));
    expect(ids).toEqual(answers.find((answer) => answer.arguments === question)!.ids);
  });
}

test("a test that refers to a disabled model takes no part, and is not counted", async () => {
  const { exitCode, output } = await invoke(["ls", "--resource-type", "test"], {
    cwd: join(ROOT, "tests", "fixtures", "projects", "disabled"),
    env: { HOME: project, DBT_TARGET_PATH: join(project, "..", "target"), DBT_LOG_PATH: join(project, "..", "logs") },
  });
  expect(exitCode, output).toBe(0);
  expect(output).toContain("Found 3 models, 1 test, 2 sources");
  expect(output.trimEnd().split("\n").at(-1)).toBe("disabled.not_null_base_id");
  expect(output).not.toContain("relationships");
});
