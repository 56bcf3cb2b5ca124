import { readFileSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { parseDocument } from "yaml";
import type { z } from "zod";
import { messageOf, SinkError } from "../errors.ts";
import { type Config, configSchema, type InputOptions, type ValidationOptions } from "./schema.ts";

/** Reads a configuration file: YAML, in which `${NAME}` and `${NAME:-default}` stand for environment variables. */
export function loadConfig(file: string, env: NodeJS.ProcessEnv = process.env): Config {
  let content: string;
  try {
    content = readFileSync(file, "utf8");
  } catch (error) {
    throw new SinkError(`cannot read ${file}: ${messageOf(error)}`, { cause: error });
  }
  const document = parseDocument(content);
  const problem = document.errors[0];
  if (problem) {
    const bare = /[[,]\s*\$\{/.test(problem.message);
    const hint = "a variable within [ ] stands in quotes";
    throw new SinkError(`${file}: ${problem.message.trimEnd()}`, bare ? { hint } : {});
  }
  return parseConfig(substitute(document.toJS(), env, file), file);
}

/** Checks a configuration and fills in what it leaves out. Files that it names are found beside `origin`. */
export function parseConfig(given: unknown, origin: string): Config {
  const result = configSchema.safeParse(given ?? {});
  if (!result.success) throw new SinkError(`${origin} is not right:\n${explain(result.error)}`);
  const folder = dirname(resolve(origin));
  for (const section of [result.data, ...Object.values(result.data.overrides)]) readFiles(section, folder);
  return result.data;
}

function explain(error: z.ZodError): string {
  return error.issues.map(({ path, message }) => `  ${path.join(".") || "the file"}: ${message}`).join("\n");
}

function readFiles(section: { input?: InputOptions; validation?: ValidationOptions }, folder: string): void {
  if (section.input?.schema !== undefined) section.input.schema = schemaOf(section.input.schema, folder);
  const { validation } = section;
  if (validation?.json_schema !== undefined) validation.json_schema = schemaOf(validation.json_schema, folder);
  if (validation?.avro_schema !== undefined) validation.avro_schema = schemaOf(validation.avro_schema, folder);
  if (validation?.zod !== undefined) validation.zod = resolve(folder, validation.zod);
}

function schemaOf(given: unknown, folder: string): unknown {
  if (typeof given !== "string") return given;
  const file = resolve(folder, given);
  try {
    return JSON.parse(readFileSync(file, "utf8"));
  } catch (error) {
    throw new SinkError(`cannot read the schema ${file}: ${messageOf(error)}`, { cause: error });
  }
}

const REFERENCE = /\$\{([A-Za-z_][A-Za-z0-9_]*)(?::-([^}]*))?\}/g;

function substitute(value: unknown, env: NodeJS.ProcessEnv, file: string): unknown {
  if (Array.isArray(value)) return value.map((item) => substitute(item, env, file));
  if (value && typeof value === "object")
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, substitute(item, env, file)]));
  if (typeof value !== "string") return value;
  return value.replace(REFERENCE, (_, name: string, otherwise: string | undefined) => {
    const found = env[name] ?? otherwise;
    if (found === undefined) throw new SinkError(`${file}: the environment variable ${name} is not set`);
    return found;
  });
}
