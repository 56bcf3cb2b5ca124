import { notYet } from "../not-yet.ts";
import { flag, SELECTION, SQLPARSE, THREADS, toggle, value } from "../options.ts";
import type { CommandSpec } from "../spec.ts";

export const docs: readonly CommandSpec[] = [
  {
    name: "docs generate",
    summary: "Write catalog.json and the documentation site (not yet).",
    options: [
      ...SELECTION,
      THREADS,
      toggle("compile", "Compile first."),
      flag("empty-catalog", "Ask the warehouse nothing."),
      flag("static", "Put all into one HTML file."),
      SQLPARSE,
    ],
    examples: [],
    run: notYet,
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
];
