import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import type { Manifest } from "../../../core/manifest/resources.ts";
import { type PreviousState, selectNodes } from "../../../core/select/index.ts";
import { FIXTURE, toManifest } from "./fixture.ts";

interface Recorded {
  before: NonNullable<PreviousState["manifest"]>;
  after: { [table: string]: object };
  answers: { value: string; ids?: string[]; error?: string }[];
}

const recorded = JSON.parse(readFileSync(join(FIXTURE, "state.json"), "utf8")) as Recorded;
const manifest: Manifest = toManifest(recorded.after);
const state: PreviousState = {
  path: "before",
  manifest: recorded.before,
  results: [
    { unique_id: "model.market.revenue", status: "error" },
    { unique_id: "model.market.margin", status: "success" },
    { unique_id: "model.market.gone", status: "error" },
  ],
  sources: [
    { unique_id: "source.market.web.events", max_loaded_at: "2026-01-01T00:00:00Z" },
    { unique_id: "source.market.web.sessions", max_loaded_at: "2026-01-01T00:00:00Z" },
  ],
  currentSources: [
    { unique_id: "source.market.web.events", max_loaded_at: "2026-01-02T00:00:00Z" },
    { unique_id: "source.market.web.sessions", max_loaded_at: "2026-01-01T00:00:00Z" },
    { unique_id: "source.market.ads.clicks", max_loaded_at: "2026-01-01T00:00:00Z" },
  ],
};
const find = (...select: string[]) =>
  [...selectNodes(manifest, { select, state, indirectSelection: "empty", includeEmpty: true })].sort();

describe("state: finds what Python dbt finds", () => {
  for (const { value, ids, error } of recorded.answers) {
    test(value, () => {
      if (error) expect(() => find(`state:${value}`)).toThrow(`Got an invalid selector "${value}"`);
      else expect(find(`state:${value}`)).toEqual(ids);
    });
  }
});

describe("other memories", () => {
  test("result:", () => {
    expect(find("result:error")).toEqual(["model.market.revenue"]);
    expect(find("result:error+1", "result:success")).toContain("model.market.ledger.v2");
  });

  test("source_status:", () => {
    expect(find("source_status:fresher")).toEqual(["source.market.ads.clicks", "source.market.web.events"]);
  });

  test("without --state there is an error that names it", () => {
    for (const criterion of ["state:modified", "result:error", "source_status:fresher"]) {
      try {
        selectNodes(manifest, { select: [criterion] });
        expect.unreachable();
      } catch (error) {
        expect(error).toMatchObject({ code: "TD4020", details: { hint: expect.stringContaining("--state") } });
      }
    }
  });
});
