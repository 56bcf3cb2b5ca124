import { note, warning } from "../events/messages/general.ts";
import { renderError } from "../events/render-error.ts";
import { findingsOf } from "../run/check.ts";
import { type ProjectLineage, readLineage } from "../run/lineage.ts";
import { selectionOf } from "./selection.ts";
import { type Session, saveManifest, withProject } from "./session.ts";
import type { CommandContext } from "./spec.ts";

/** `check`: what is wrong with the SQL of models, told without running it. Answers 1 where something is. */
export async function checkProject(context: CommandContext): Promise<number> {
  const { events } = context;
  return withProject(context, async (session) => {
    await saveManifest(context, session);
    const { ids } = selectionOf("compile", session, events);
    const project = await readLineage({ ...session, events, flags: context.flags, selection: new Set() });
    const { errors, warnings } = troublesOf(project, (id) => ids.has(id));
    for (const error of errors) events.emit(note(renderError(error), "error"));
    for (const error of warnings) events.emit(asWarning(error));
    summarize(context, project, [...ids], errors.length, warnings.length);
    return errors.length > 0 ? 1 : 0;
  });
}

/** `parse --check`: the same of all models, as warnings. */
export async function warnOfFindings({ events, flags }: CommandContext, session: Session): Promise<void> {
  const project = await readLineage({ ...session, events, flags, selection: new Set() });
  const { errors, warnings } = troublesOf(project, () => true);
  for (const error of [...errors, ...warnings]) events.emit(asWarning(error));
}

function troublesOf(
  project: ProjectLineage,
  chosen: (id: string) => boolean,
): { errors: unknown[]; warnings: unknown[] } {
  const failures = [...project.failed].filter(([id]) => chosen(id)).map(([, error]) => error);
  const findings = findingsOf(project, chosen);
  const ofLevel = (wanted: string) => findings.filter(({ level }) => level === wanted).map(({ error }) => error);
  return { errors: [...failures, ...ofLevel("error")], warnings: ofLevel("warn") };
}

const asWarning = (error: unknown) => warning(renderError(error).replace(/^Compilation Error in/, "In"));

function summarize(
  { events }: CommandContext,
  { lineage, failed }: ProjectLineage,
  ids: readonly string[],
  errors: number,
  warnings: number,
): void {
  const read = ids.filter((id) => lineage.has(id) && !id.startsWith("seed."));
  const unread = read.filter((id) => lineage.get(id)!.error !== undefined && !failed.has(id));
  const count = (n: number, word: string) => `${n} ${word}${n === 1 ? "" : "s"}`;
  const aside = unread.length > 0 ? `; the SQL of ${count(unread.length, "model")} could not be read` : "";
  events.emit(
    note(`Checked ${count(read.length, "model")}: ${count(errors, "error")}, ${count(warnings, "warning")}${aside}`),
  );
}
