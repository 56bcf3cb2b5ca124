import { describe, expect, test } from "vitest";
import { Collected } from "../../../core/cli/io.ts";
import { writer } from "../../../core/cli/list.ts";
import { main } from "../../../core/cli/main.ts";
import type { GraphResource } from "../../../core/manifest/resources.ts";
import { fixtureManifest } from "../select/fixture.ts";

async function run(...argv: string[]): Promise<{ code: number; out: string; err: string }> {
  const [stdout, stderr] = [new Collected(), new Collected()];
  const code = await main(argv, { stdout, stderr, env: { HOME: "/nowhere" }, cwd: import.meta.dirname });
  return { code, out: stdout.text, err: stderr.text };
}

test("--version is one line", async () => {
  const { code, out } = await run("--version");
  expect(code).toBe(0);
  expect(out).toMatch(/^tsdbt \d+\.\d+\.\d+\n$/);
});

test("a wrong option is a usage message on stderr and exit code 2", async () => {
  const { code, out, err } = await run("run", "--foo");
  expect({ code, out }).toEqual({ code: 2, out: "" });
  expect(err).toBe("Usage: tsdbt run [OPTIONS]\nTry 'tsdbt run --help' for help.\n\nError: No such option '--foo'.\n");
});

test("a wrong value too, before anything is read", async () => {
  const { code, err } = await run("run", "--threads", "many");
  expect(code).toBe(2);
  expect(err).toContain("Error: Invalid value for '--threads': 'many' is not a valid integer.");
});

describe("completion", () => {
  for (const shell of ["bash", "zsh", "fish"]) {
    test(shell, async () => {
      const { code, out } = await run("completion", shell);
      expect(code).toBe(0);
      for (const word of ["run-operation", "freshness", "full-refresh", "profiles-dir"]) expect(out).toContain(word);
    });
  }
  test("of no shell is explained", async () => {
    expect((await run("completion", "tcsh")).code).toBe(2);
  });
});

describe("ls writes", () => {
  const manifest = fixtureManifest();
  const line = (output: string, resource: GraphResource | undefined, keys: string[] = []) =>
    writer(output, keys)(resource!, manifest);
  const revenue = manifest.nodes.get("model.market.revenue");
  const events = manifest.sources.get("source.market.web.events");
  const ledger = manifest.nodes.get("model.market.ledger.v1");

  test("selectors", () => {
    expect(line("selector", revenue)).toBe("market.marts.finance.revenue");
    expect(line("selector", events)).toBe("source:market.web.events");
    expect(line("selector", manifest.exposures.get("exposure.market.board"))).toBe("exposure:market.board");
    expect(line("selector", ledger)).toBe("market.marts.finance.ledger.v1");
    const unit = [...manifest.unit_tests.values()].find((t) => t.name === "revenue_adds_up");
    expect(line("selector", unit)).toBe("unit_test:market.revenue_adds_up");
  });

  test("names and paths", () => {
    expect(line("name", revenue)).toBe("revenue");
    expect(line("name", events)).toBe("web.events");
    expect(line("name", ledger)).toBe("ledger.v1");
    expect(line("path", revenue)).toBe("models/marts/finance/revenue.sql");
  });

  test("JSON as Python writes it", () => {
    expect(line("json", revenue, ["name", "tags", "config.materialized", "config.nope", "nope"])).toBe(
      '{"name": "revenue", "tags": ["finance", "nightly"], "config.materialized": "table"}',
    );
    const odd = { ...revenue, name: 'é"\n😀', tags: [] } as unknown as GraphResource;
    expect(line("json", odd, ["name", "tags"])).toBe('{"name": "\\u00e9\\"\\n\\ud83d\\ude00", "tags": []}');
  });
});
