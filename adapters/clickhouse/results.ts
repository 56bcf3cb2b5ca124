import type { ClientResult } from "./client.ts";

/** Names, types, then the rows: one JSON array a line. */
export const FORMAT = "JSONCompactEachRowWithNamesAndTypes";

/** What a statement answered in {@link FORMAT}; empty for one that has no rows to answer. */
export function parseResult(text: string): ClientResult {
  const lines = text.split("\n");
  while (lines.length > 0 && lines.at(-1) === "") lines.pop();
  if (lines.length < 2 || !lines[0]!.startsWith("[")) return { names: [], types: [], rows: [] };
  const [names, types, ...rows] = JSON.parse(`[${lines.join(",")}]`) as [string[], string[], ...unknown[][]];
  return { names, types, rows };
}
