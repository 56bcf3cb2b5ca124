import { serveDocumentation } from "../docs-site.ts";
import { flag, LIST_SELECTION, RESOURCE_TYPES, SELECTION, SQLPARSE, THREADS, toggle, value } from "../options.ts";
import type { CommandSpec } from "../spec.ts";
import { generateDocs } from "../tasks.ts";

export const docs: readonly CommandSpec[] = [
  {
    name: "docs generate",
    summary: "Write manifest.json, catalog.json and the documentation site.",
    options: [
      ...SELECTION,
      THREADS,
      toggle("compile", "Compile first."),
      flag("empty-catalog", "Ask the warehouse nothing."),
      flag("column-lineage", "Also write column_lineage.json: where each column comes from."),
      flag("static", "Write static_index.html as well: the whole site in one file, which opens from disk."),
      SQLPARSE,
    ],
    examples: [
      ["tsdbt docs generate", "compiles, then writes target/manifest.json, catalog.json and index.html"],
      ["tsdbt docs generate --static", "target/static_index.html too, to send or to open from disk"],
      ["tsdbt docs generate --no-compile", "the catalog and the site alone"],
    ],
    run: (context) => generateDocs(context),
  },
  {
    name: "docs serve",
    summary: "Serve the documentation site on this machine, up to date with the project.",
    options: [
      value("host", "HOST", "The address to listen on. Default: 127.0.0.1, which only this machine reaches."),
      value("port", "N", "The port to listen on; 0 for a free one. Default: 8080."),
      toggle("browser", "Open a browser. Default: yes."),
    ],
    examples: [
      ["tsdbt docs serve", "opens http://localhost:8080"],
      ["tsdbt docs serve --port 9000 --no-browser", "on another port, without a browser"],
    ],
    run: (context) => serveDocumentation(context),
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
