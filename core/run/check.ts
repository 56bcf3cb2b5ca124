import { TsdbtError } from "../errors.ts";
import type { QueryLineage, SqlProblem } from "../lineage/index.ts";
import type { Node } from "../manifest/resources.ts";
import type { ProjectLineage } from "./lineage.ts";
import { placeInModel } from "./place-in-model.ts";

/** Something wrong with a model that can be told without running it. */
export interface Finding {
  level: "error" | "warn";
  kind: SqlProblem["kind"];
  error: TsdbtError;
}

/** What is wrong with the SQL of the chosen models and snapshots. */
export function findingsOf(
  { run, lineage, queried }: Pick<ProjectLineage, "run" | "lineage" | "queried">,
  chosen: (id: string) => boolean,
): Finding[] {
  const { manifest, adapter } = run.env;
  const findings: Finding[] = [];
  for (const node of manifest.nodes.values()) {
    const own = lineage.get(node.unique_id);
    if (!own || !chosen(node.unique_id) || queried.has(node.unique_id)) continue;
    findings.push(...ofNode(node, own, adapter.type, (id) => nameOf(run.env.manifest.nodes.get(id), id)));
  }
  return findings;
}

const nameOf = (node: Node | undefined, id: string): string => node?.name ?? id.split(".").slice(2).join(".");

const CODES: { readonly [kind in SqlProblem["kind"]]: string } = {
  "missing-column": "TD5110",
  "missing-relation": "TD5111",
  "join-types": "TD5112",
  "unused-relation": "TD5113",
};

function ofNode(node: Node, { problems }: QueryLineage, adapterType: string, name: (id: string) => string): Finding[] {
  const { original_file_path: file, raw_code: source, compiled_code: compiled = "" } = node;
  return problems.map((problem) => {
    const wanted = problem.kind === "unused-relation" ? name(problem.name) : problem.name;
    const span = placeInModel({ source, compiled, name: wanted, start: problem.start });
    const message = problem.message.replaceAll(problem.name, wanted);
    const error = new TsdbtError(CODES[problem.kind], "Compilation Error", message, {
      file,
      source,
      ...(span ? { span } : {}),
      ...(problem.hint === undefined ? {} : { hint: problem.hint }),
      node: { resource_type: node.resource_type, name: node.name, original_file_path: file },
    });
    return { level: levelOf(problem.kind, adapterType), kind: problem.kind, error };
  });
}

/** DuckDB casts what a join compares, and fails at a value that cannot be cast. */
function levelOf(kind: SqlProblem["kind"], adapterType: string): Finding["level"] {
  if (kind === "unused-relation") return "warn";
  return kind === "join-types" && adapterType === "duckdb" ? "warn" : "error";
}
