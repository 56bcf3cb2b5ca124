import { pathToFileURL } from "node:url";
import type { Config } from "../config/index.ts";
import { messageOf, SinkError } from "../errors.ts";

/** A zod schema, of whichever version of zod, or what behaves like one. */
export interface CodeSchema {
  safeParse(value: unknown): { success: boolean; error?: unknown };
}

/** Loads all schemas that a configuration names; answers a topic's. */
export async function loadCodeSchemas(
  config: Pick<Config, "validation" | "overrides">,
): Promise<(topic: string) => CodeSchema | undefined> {
  const named = (topic: string) => (config.overrides[topic]?.validation ?? config.validation).zod;
  const loaded = new Map<string, CodeSchema>();
  for (const { validation } of [config, ...Object.values(config.overrides)])
    if (validation?.zod) loaded.set(validation.zod, await load(validation.zod));
  return (topic) => loaded.get(named(topic) ?? "");
}

/** The schema that a module exports: `file.mjs` by default, `file.mjs#name` by a name. */
async function load(from: string): Promise<CodeSchema> {
  const [file, name = "default"] = from.split("#") as [string, string?];
  let exported: { [name: string]: unknown };
  try {
    exported = await import(pathToFileURL(file).href);
  } catch (error) {
    throw new SinkError(`cannot load the schema ${file}: ${messageOf(error)}`, { cause: error });
  }
  const found = exported[name] as CodeSchema | undefined;
  if (typeof found?.safeParse === "function") return found;
  throw new SinkError(`${file} exports no zod schema as ${name}`, {
    hint: `it exports ${Object.keys(exported).join(", ") || "nothing"}`,
  });
}

/** What a schema finds wrong with a value. Code that fails refuses the value too, for it would fail again. */
export function problemByCode(schema: CodeSchema, value: unknown): string | undefined {
  try {
    const { success, error } = schema.safeParse(value);
    if (success) return undefined;
    const { issues = [] } = error as { issues?: { path?: PropertyKey[]; message?: string }[] };
    const told = issues.map(({ path = [], message }) => `${["message", ...path.map(String)].join("/")}: ${message}`);
    return told.join("; ") || messageOf(error);
  } catch (error) {
    return `the schema's code failed: ${messageOf(error)}`;
  }
}
