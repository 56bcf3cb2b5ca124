import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { parse as parseYaml } from "yaml";
import { parseArguments } from "../../../core/cli/arguments.ts";
import { selectionOf } from "../../../core/cli/selection.ts";
import { resolveFlags } from "../../../core/config/flags.ts";
import { EventBus } from "../../../core/events/event.ts";
import type { RuntimeConfig } from "../../../project/types.ts";
import { FIXTURE, fixtureManifest } from "./fixture.ts";

interface Answer {
  arguments: string;
  ids?: string[];
  warnings?: string[];
  error?: string;
}

const answers = JSON.parse(readFileSync(join(FIXTURE, "answers.json"), "utf8")) as Answer[];
const root = join(FIXTURE, "project");
const selectors = parseYaml(readFileSync(join(root, "selectors.yml"), "utf8"));
const manifest = fixtureManifest();

/** Words of a shell line: quotes hold words together. */
function words(line: string): string[] {
  return [...line.matchAll(/"([^"]*)"|(\S+)/g)].map((match) => match[1] ?? match[2]!);
}

function list(line: string): { ids: string[]; warnings: string[] } {
  const parsed = parseArguments(["ls", ...words(line)]);
  if (parsed.kind !== "command") throw new Error(JSON.stringify(parsed));
  const flags = resolveFlags("list", parsed.given, { env: {}, cwd: root });
  const warnings: string[] = [];
  const events = new EventBus();
  events.subscribe((event) => {
    if (event.name === "NoNodesForSelectionCriteria") warnings.push(String(event.data?.spec_raw));
  });
  const config = { flags, project: { root, selectors } } as unknown as RuntimeConfig;
  return { ids: [...selectionOf("list", { config, manifest }, events).ids].sort(), warnings };
}

describe("selects what Python dbt selects", () => {
  test("there are answers", () => expect(answers.length).toBeGreaterThan(150));

  for (const answer of answers) {
    test(answer.arguments, () => {
      if (answer.error !== undefined) {
        const said = answer.error.split("\n").at(-1)!.trim();
        expect(() => list(answer.arguments)).toThrow(said.slice(0, 40));
        return;
      }
      const { ids, warnings } = list(answer.arguments);
      expect(ids).toEqual(answer.ids);
      expect(warnings).toEqual(answer.warnings ?? []);
    });
  }
});
