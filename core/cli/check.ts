import { note, warning } from "../events/messages/general.ts";
import { renderError } from "../events/render-error.ts";
import { findingsOf } from "../run/check.ts";
import { readLineage } from "../run/lineage.ts";
import { selectionOf } from "./selection.ts";
import { saveManifest, withProject } from "./session.ts";
import type { CommandContext } from "./spec.ts";

/** `check`: what is wrong with the SQL of models, told without running it. Answers 1 where something is. */
export async function checkProject(context: CommandContext): Promise<number> {
  const { events, flags } = context;
  return withProject(context, async (session) => {
    await saveManifest(context, session);
    const { ids } = selectionOf("compile", session, events);
    const project = await readLineage({ ...session, events, flags, selection: new Set() });
    const { lineage, failed } = project;
    let errors = 0;
    for (const [id, error] of failed) {
      if (!ids.has(id)) continue;
      errors++;
      events.emit(note(renderError(error), "error"));
    }
    const findings = findingsOf(project, (id) => ids.has(id));
    for (const { level, error } of findings) {
      if (level === "error") events.emit(note(renderError(error), "error"));
      else events.emit(warning(renderError(error).replace(/^Compilation Error in/, "In")));
    }
    errors += findings.filter(({ level }) => level === "error").length;
    const read = [...ids].filter((id) => lineage.has(id) && !id.startsWith("seed."));
    const unread = read.filter((id) => lineage.get(id)!.error !== undefined && !failed.has(id));
    const count = (n: number, word: string) => `${n} ${word}${n === 1 ? "" : "s"}`;
    const aside = unread.length > 0 ? `; the SQL of ${count(unread.length, "model")} could not be read` : "";
    const warnings = findings.filter(({ level }) => level === "warn").length;
    events.emit(
      note(`Checked ${count(read.length, "model")}: ${count(errors, "error")}, ${count(warnings, "warning")}${aside}`),
    );
    return errors > 0 ? 1 : 0;
  });
}
