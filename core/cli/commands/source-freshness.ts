import { SELECTION, SQLPARSE, THREADS, value } from "../options.ts";
import type { CommandSpec } from "../spec.ts";
import { runSelected } from "../tasks.ts";

export const freshness: CommandSpec = {
  name: "source freshness",
  aliases: ["source snapshot-freshness"],
  summary: "Check how old the data of the sources is.",
  options: [
    ...SELECTION,
    THREADS,
    value("output", "FILE", "Where to write instead of target/sources.json.", { short: "o" }),
    SQLPARSE,
  ],
  examples: [["tsdbt source freshness -s source:raw", "the tables of one source"]],
  run: (context) => runSelected("freshness", context),
};
