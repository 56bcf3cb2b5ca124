import type { NewEvent } from "../events/event.ts";
import { note } from "../events/messages/general.ts";
import type { Manifest } from "../manifest/resources.ts";

const COMMAND_OF: { [type: string]: string } = {
  model: "run",
  seed: "seed",
  snapshot: "snapshot",
  test: "test",
  unit_test: "test",
  source: "source freshness",
};

/** Where a selection found only what the command does not handle: says so. */
export function nothingHint(command: string, dropped: ReadonlySet<string>, manifest: Manifest): NewEvent | null {
  const ids = [...dropped].filter((id) => !id.startsWith("test.") || command === "test");
  const first = ids[0];
  if (!first) return null;
  const empty = manifest.nodes.get(first);
  const type = first.slice(0, first.indexOf("."));
  if (empty && empty.raw_code.trim() === "" && type !== "seed") {
    return note(`hint: ${empty.original_file_path} is empty, so there is nothing to ${command}`);
  }
  const types = [...new Set(ids.map((id) => id.slice(0, id.indexOf("."))))];
  if (types.length > 1 || !COMMAND_OF[type] || COMMAND_OF[type] === command) return null;
  const name = first.split(".").slice(2).join(".");
  const what = ids.length === 1 ? `'${name}' is a ${type}` : `the ${ids.length} selected are of type ${type}`;
  return note(`hint: ${what}, which \`${command}\` does not handle: \`tsdbt ${COMMAND_OF[type]}\` does`);
}
