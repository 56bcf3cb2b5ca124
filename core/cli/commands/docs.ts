import { notYet } from "../not-yet.ts";
import { flag, LIST_SELECTION, RESOURCE_TYPES, SELECTION, SQLPARSE, THREADS, toggle, value } from "../options.ts";
import type { CommandSpec } from "../spec.ts";
import { generateDocs } from "../tasks.ts";

export const docs: readonly CommandSpec[] = [
  {
    name: "docs generate",
    summary: "Write manifest.json and catalog.json: what the project says of its tables and what the warehouse does.",
    options: [
      ...SELECTION,
      THREADS,
      toggle("compile", "Compile first."),
      flag("empty-catalog", "Ask the warehouse nothing."),
      flag("column-lineage", "Also write column_lineage.json: where each column comes from."),
      flag("static", "Put all into one HTML file (not yet)."),
      SQLPARSE,
    ],
    examples: [
      ["tsdbt docs generate", "compiles, then writes target/manifest.json and target/catalog.json"],
      ["tsdbt docs generate --no-compile", "the catalog alone"],
    ],
    run: (context) => generateDocs(context),
  },
  {
    name: "docs serve",
    summary: "Serve the documentation site (not yet).",
    options: [
      value("host", "HOST", "The address to listen on."),
      value("port", "N", "The port to listen on."),
      toggle("browser", "Open a browser."),
    ],
    examples: [],
    run: notYet,
  },
  {
    name: "docs lineage",
    summary: "Draw the graph of what is selected.",
    options: [...LIST_SELECTION, ...RESOURCE_TYPES, value("format", "mermaid|dot|svg|json", "Form of the graph.")],
    examples: [
      ["tsdbt docs lineage -s +orders", "as Mermaid, for a README"],
      ["tsdbt --quiet docs lineage --format svg > lineage.svg", "a picture"],
    ],
    run: async (context) => (await import("../lineage.ts")).drawLineage(context),
  },
];
