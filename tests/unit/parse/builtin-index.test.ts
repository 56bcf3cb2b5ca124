import { readdirSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { parseMacroAt, parseMacroFile } from "../../../core/jinja/index.ts";
import { indexOf } from "../../../core/parse/builtin-index.ts";
import { usesOf } from "../../../core/parse/macro-uses.ts";
import { readText, strip } from "../../../project/text.ts";

const files = ["macros", "adapters"]
  .flatMap((top) => readdirSync(top, { recursive: true, encoding: "utf8" }).map((path) => join(top, path)))
  .filter((path) => path.endsWith(".sql"));

/** What the index says of one text, after a trip through its file. */
function indexed(text: string) {
  const index = JSON.parse(JSON.stringify(indexOf([text]))) as ReturnType<typeof indexOf>;
  return Object.values(index)[0]!;
}

describe("the index of built-in macros", () => {
  it.each(files)("says of %s what parsing it says", (path) => {
    const text = strip(readText(path, path));
    const parsed = parseMacroFile(text, path);
    const known = indexed(text);
    expect(known.map((macro) => macro.name)).toEqual(parsed.map((macro) => macro.name));
    known.forEach((macro, i) => {
      const whole = parsed[i]!;
      const alone = parseMacroAt(text, macro, path);
      expect(alone.node).toEqual(whole.node);
      expect(alone.source).toBe(whole.source);
      expect(text.slice(macro.start, macro.end)).toBe(whole.source);
      expect(macro.kind).toBe(whole.kind);
      expect(macro.span).toEqual(whole.span);
      expect(macro.args).toEqual(JSON.parse(JSON.stringify(whole.args)));
      expect(macro.supportedLanguages).toEqual(whole.supportedLanguages);
      expect(macro.uses).toEqual(usesOf(whole.node));
    });
  });

  it("keeps calls, dispatched ones with their namespace, and names", () => {
    const [macro] = indexed(
      `{% macro pick(a) %}{{ return(adapter.dispatch('pick', 'dbt')(a, limit)) }}{{ config(x=1) }}{{ pkg.other() }}{{ own() }}{% endmacro %}`,
    );
    expect(macro!.uses.calls).toEqual([["pick", "dbt"], "pkg.other", "own"]);
    expect(macro!.uses.plain).toContain("limit");
    expect(macro!.uses.dotted).toContainEqual(["pkg", "other"]);
    expect(macro!.uses.callsConfig).toBe(true);
  });
});
