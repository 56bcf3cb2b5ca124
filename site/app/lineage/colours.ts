import { kindTitle, mood } from "../parts.tsx";
import type { Place, Project } from "../project.ts";

/** What nodes can be coloured or put into lanes by. */
export const TRAITS = ["folder", "tag", "package", "group", "kind", "materialized", "status"] as const;
export type Trait = (typeof TRAITS)[number];

/** What a resource is by a trait; nothing where it has none. */
export function traitOf(project: Project, place: Place, trait: Trait): string {
  switch (trait) {
    case "folder": {
      const kind = project.kind(place);
      return project.folder(place).split("/")[0] || (kind === "model" ? "" : kindTitle(kind, 2).toLowerCase());
    }
    case "tag":
      return project.tags(place)[0] ?? "";
    case "package":
      return project.packageName(place);
    case "group":
      return project.extra(place).group ?? "";
    case "kind":
      return project.kind(place);
    case "materialized":
      return String(project.config(place).materialized ?? "");
    case "status":
      return project.status(place);
  }
}

/** Ten hues that are told apart by most colour-blind people too, for white and for dark ground. */
const PALETTE = [
  "#3b7dd8",
  "#d9822b",
  "#2a9d8f",
  "#b6499b",
  "#7a6ff0",
  "#c44536",
  "#5f8f2f",
  "#0f8fb3",
  "#9a6b3f",
  "#64748b",
];
const METALS: { [name: string]: string } = { bronze: "#b0763b", silver: "#7d8da1", gold: "#c9a227" };
const MOODS = { good: "#2e9e5b", bad: "#d33f49", warn: "#d99a1c", none: "#94a3b8" };
export const GREY = "#94a3b8";

/** A colour for each value of a trait, in the order of how many have it. */
export function coloursOf(project: Project, places: Iterable<Place>, trait: Trait): Map<string, string> {
  const counts = new Map<string, number>();
  for (const place of places) {
    const value = traitOf(project, place, trait);
    counts.set(value, (counts.get(value) ?? 0) + 1);
  }
  const values = [...counts.keys()].sort((a, b) => counts.get(b)! - counts.get(a)! || (a < b ? -1 : 1));
  let next = 0;
  return new Map(
    values.map((value) => {
      if (value === "") return [value, GREY];
      if (trait === "status") return [value, MOODS[mood(value)]];
      return [value, METALS[value.toLowerCase()] ?? PALETTE[next++ % PALETTE.length]!];
    }),
  );
}
