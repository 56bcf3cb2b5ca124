import type { KeptEntry } from "./entries.ts";

/** A stretch of the body that something else stands for. */
interface Replaced {
  start: number;
  length: number;
}

/** What has changed since the body was written: nodes, and who depends on whom, by unique id. */
export interface Changes {
  nodes: { [id: string]: KeptEntry & Replaced };
  parents: { [id: string]: { list: string[] } & Replaced };
  children: { [id: string]: { list: string[] } & Replaced };
}

export function noChanges(): Changes {
  return { nodes: {}, parents: {}, children: {} };
}

/** The stretches of the body to leave out and the texts to put there, from its start to its end. */
export function replacements(changes: Changes): (Replaced & { text: string })[] {
  const lists = [...Object.values(changes.parents), ...Object.values(changes.children)];
  return [
    ...Object.values(changes.nodes).map(({ start, length, text }) => ({ start, length, text })),
    ...lists.map(({ start, length, list }) => ({ start, length, text: JSON.stringify(list) })),
  ].sort((a, b) => a.start - b.start);
}
