import { withProject } from "../../core/cli/session.ts";
import type { CommandContext } from "../../core/cli/spec.ts";
import { EventBus } from "../../core/events/event.ts";
import type { LineageDialect, QueryLineage } from "../../core/lineage/index.ts";
import { type Finding, findingsOf } from "../../core/run/check.ts";
import { readLineage } from "../../core/run/lineage.ts";
import { loadFlags } from "../../project/flags.ts";

export interface ReadProject {
  /** Models and snapshots that compiled. */
  lineage: Map<string, QueryLineage>;
  findings: Finding[];
  /** Models that did not compile. */
  failed: number;
  /** The SQL of a node. */
  sqlOf(id: string): string;
}

/** Reads a project in `dir`, its columns and what `check` says of it. */
export async function readProject(
  dir: string,
  env: { [name: string]: string | undefined } = {},
  dialect?: LineageDialect,
): Promise<ReadProject> {
  const before = { ...process.env };
  Object.assign(process.env, env);
  const given = { "project-dir": dir, "profiles-dir": dir, "partial-parse": false, "write-json": false };
  const flags = loadFlags("check", given, process.env, { cwd: dir });
  const context = { flags, events: new EventBus(), env: process.env } as unknown as CommandContext;
  let read: ReadProject | undefined;
  try {
    await withProject(context, async (session) => {
      const project = await readLineage({ ...session, events: context.events, flags, selection: new Set() }, dialect);
      const { nodes } = session.manifest;
      const findings = findingsOf(project, () => true);
      const models = [...project.lineage].filter(([id]) => /^(model|snapshot)\./.test(id) && !project.failed.has(id));
      read = {
        lineage: new Map(models),
        findings,
        failed: project.failed.size,
        sqlOf: (id) => nodes.get(id)?.compiled_code ?? "",
      };
      return 0;
    });
  } finally {
    for (const name of Object.keys(env)) if (before[name] === undefined) delete process.env[name];
    Object.assign(process.env, before);
  }
  return read!;
}
