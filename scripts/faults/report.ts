import type { FaultResult } from "../../tests/support/faults/each.ts";

/** A change all of whose statements were failed. */
export interface Failed {
  title: string;
  statements: string[];
  results: FaultResult[];
}

/** How one engine's page begins and how its statements are shown. */
export interface Page {
  title: string;
  /** The lines below the title. */
  about: string[];
  /** How many changes were asked for. */
  asked: number;
  /** A statement without what is new each time. */
  plain(statement: string): string;
}

const isBad = ({ problems }: FaultResult) => problems.length > 0;

function sum(done: readonly Failed[], count: (failed: Failed) => number): number {
  return done.reduce((all, failed) => all + count(failed), 0);
}

/** How many states were wrong. */
export function wrongOf(done: readonly Failed[]): number {
  return sum(done, ({ results }) => results.filter(isBad).length);
}

export function totalOf(done: readonly Failed[], asked: number): string {
  const faults = sum(done, ({ results }) => results.length);
  const statements = sum(done, (failed) => failed.statements.length);
  return `${done.length} of ${asked} changes, ${statements} statements, ${faults} faults, ${wrongOf(done)} states with lost or doubled rows or leftovers`;
}

export function printFailed({ title, statements, results }: Failed, page: Page): void {
  const bad = results.filter(isBad);
  console.log(`${title}: ${statements.length} statements, ${results.length} faults, ${bad.length} wrong`);
  for (const { statement, fault, problems } of bad) {
    console.log(`  ${fault} ${short(statement, page)}\n    ${problems.join("\n    ")}`);
  }
}

function short(statement: string, { plain }: Page): string {
  const text = plain(statement.replace(/\s+/g, " "));
  return text.length > 100 ? `${text.slice(0, 99)}…` : text;
}

/** The page of all changes: a table, and the statements of each. */
export function pageOf(done: readonly Failed[], page: Page): string {
  const faults = ["before", "after", "write"].filter(
    (fault) => fault !== "write" || done.some(({ results }) => results.some((result) => result.fault === fault)),
  );
  const names: { [fault: string]: string } = { before: "refused", after: "lost", write: "row" };
  const lines = [
    `# ${page.title}`,
    "",
    ...page.about,
    "",
    `${totalOf(done, page.asked)}.`,
    "",
    `| change | statements | ${faults.map((fault) => names[fault]).join(" | ")} | wrong |`,
    `|---|---|${faults.map(() => "---|").join("")}---|`,
  ];
  for (const { title, statements, results } of done) {
    const counts = faults.map((fault) => results.filter((result) => result.fault === fault).length);
    lines.push(`| ${title} | ${statements.length} | ${counts.join(" | ")} | ${results.filter(isBad).length} |`);
  }
  lines.push("", "## The statements", "");
  for (const { title, statements } of done) {
    const shown = statements.map((statement, i) => `${i + 1}. \`${short(statement, page).replaceAll("`", "")}\``);
    lines.push(`**${title}**`, "", ...shown, "");
  }
  return `${lines.join("\n").trimEnd()}\n`;
}
