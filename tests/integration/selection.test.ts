import { copyFileSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { parseArguments } from "../../core/cli/arguments.ts";
import { selectionOf } from "../../core/cli/selection.ts";
import { EventBus } from "../../core/events/event.ts";
import { type LoadedProject, loadProject } from "../../core/index.ts";
import { loadFlags } from "../../project/flags.ts";
import { generate } from "../fixtures/selection/large/generate.ts";
import { ROOT, tsdbt } from "../support/tsdbt.ts";

interface Answer {
  arguments: string;
  found?: string;
  warnings?: string[];
  error?: string;
}

const folder = join(ROOT, "tests", "fixtures", "selection", "large");
const { ids, answers } = JSON.parse(readFileSync(join(folder, "answers.json"), "utf8")) as {
  ids: string[];
  answers: Answer[];
};

let scratch: string;
let root: string;
const projects = new Map<string, LoadedProject>();

beforeAll(async () => {
  scratch = mkdtempSync(join(tmpdir(), "tsdbt-selection-"));
  const { before, after, state } = generate(scratch);
  for (const args of [["deps"], ["parse"]]) expect(tsdbt(before, args).code).toBe(0);
  copyFileSync(join(before, "target", "manifest.json"), join(state, "manifest.json"));
  expect(tsdbt(after, ["deps"]).code).toBe(0);
  root = after;
  for (const target of ["dev", "prod"]) {
    projects.set(target, await loadProject({ cwd: root, env: {}, flags: { target } }));
  }
}, 120_000);
afterAll(async () => {
  for (const project of projects.values()) await project.close();
  rmSync(scratch, { recursive: true, force: true });
});

/** Words of a shell line: quotes hold words together. */
function words(line: string): string[] {
  return [...line.matchAll(/"([^"]*)"|'([^']*)'|(\S+)/g)].map((match) => match[1] ?? match[2] ?? match[3]!);
}

/** `"1-3 7"` as the ids of these numbers. */
function unpack(found: string): string[] {
  return found
    .split(" ")
    .filter(Boolean)
    .flatMap((run) => {
      const [from, to] = run.split("-").map(Number) as [number, number?];
      return ids.slice(from, (to ?? from) + 1);
    });
}

function list(line: string): { found: string[]; warnings: string[] } {
  const parsed = parseArguments(["ls", ...words(line)]);
  if (parsed.kind !== "command") throw new Error("message" in parsed ? String(parsed.message) : JSON.stringify(parsed));
  const flags = loadFlags("list", parsed.given, {}, { cwd: root });
  const { config, manifest } = projects.get(flags.target ?? "dev")!;
  const warnings: string[] = [];
  const events = new EventBus();
  events.subscribe((event) => {
    if (event.name === "NoNodesForSelectionCriteria") warnings.push(String(event.data?.spec_raw));
  });
  const found = [...selectionOf("list", { config: { ...config, flags }, manifest }, events).ids].sort();
  return { found, warnings };
}

test("the project has over 300 nodes, and over 400 questions are asked", () => {
  expect(ids.length).toBeGreaterThan(300);
  expect(answers.length).toBeGreaterThan(400);
});

describe("selects what Python dbt selects", () => {
  for (const answer of answers) {
    test(answer.arguments || "(nothing asked)", () => {
      if (answer.error !== undefined) {
        const said = answer.error.split("\n").find((text) => /\S/.test(text) && !/^\S+ Error$/.test(text.trim()))!;
        expect(() => list(answer.arguments)).toThrow(said.trim());
        return;
      }
      const { found, warnings } = list(answer.arguments);
      expect(found).toEqual(unpack(answer.found ?? ""));
      expect(warnings).toEqual(answer.warnings ?? []);
    });
  }
});
