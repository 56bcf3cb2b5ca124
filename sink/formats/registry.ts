import { messageOf, SinkError } from "../errors.ts";
import { type AvroReader, avroReader } from "./avro-reader.ts";
import { type Validator, validator } from "./validate.ts";

/** A Confluent schema registry. */
export interface Registry {
  /**
   * What reads or checks messages of these schemas. Ids that it does not know, or that cannot be used, are told apart: why not.
   */
  schemas(ids: ReadonlySet<number>, kind: "avro" | "json"): Promise<Map<number, Schema>>;
  /** Fails where the registry does not answer. */
  check(): Promise<void>;
}

/** A schema of the registry, or why it cannot be used. */
export type Schema = { read: AvroReader } | { check: Validator } | { refused: string };

interface Reference {
  name: string;
  subject: string;
  version: number;
}

/** A schema that another one refers to, by the name that it has there. */
interface Referred {
  name: string;
  schema: string;
}

interface Answer {
  schema: string;
  schemaType?: string;
  references?: Reference[];
}

/** Schemas never change, so each is asked for once. */
export function connectRegistry(options: {
  url: string;
  username?: string | undefined;
  password?: string | undefined;
  timeout: number;
}): Registry {
  const known = new Map<string, Schema>();
  const headers: { [name: string]: string } = { accept: "application/vnd.schemaregistry.v1+json" };
  if (options.username !== undefined) {
    const pair = `${options.username}:${options.password ?? ""}`;
    headers.authorization = `Basic ${Buffer.from(pair).toString("base64")}`;
  }
  const get = async (path: string): Promise<Response> => {
    try {
      return await fetch(options.url.replace(/\/$/, "") + path, {
        headers,
        signal: AbortSignal.timeout(options.timeout),
      });
    } catch (error) {
      throw new SinkError(`the schema registry does not answer: ${messageOf(error)}`, { cause: error });
    }
  };
  /** A schema as the registry has it, or nothing where it has none. */
  const ask = async (path: string, what: string): Promise<Answer | undefined> => {
    const answer = await get(path);
    if (answer.status === 404) return undefined;
    if (!answer.ok) throw new SinkError(`the schema registry answered ${answer.status} to ${what}`);
    return (await answer.json()) as Answer;
  };
  /** All that a schema refers to, each behind what it refers to itself; or what is unknown of it. */
  const referred = async (
    references: readonly Reference[],
    found: Map<string, Referred>,
  ): Promise<Referred[] | string> => {
    for (const { name, subject, version } of references) {
      const key = `${name} ${subject} ${version}`;
      if (found.has(key)) continue;
      const what = `version ${version} of ${subject}`;
      const answer = await ask(`/subjects/${encodeURIComponent(subject)}/versions/${version}`, what);
      const others = answer ? await referred(answer.references ?? [], found) : what;
      if (typeof others === "string") return others;
      found.set(key, { name, schema: answer!.schema });
    }
    return [...found.values()];
  };
  const load = async (id: number, kind: "avro" | "json"): Promise<Schema> => {
    const answer = await ask(`/schemas/ids/${id}`, `schema ${id}`);
    if (!answer) return { refused: `the schema registry knows no schema ${id}` };
    const { schema, schemaType = "AVRO", references = [] } = answer;
    if (schemaType !== (kind === "avro" ? "AVRO" : "JSON")) return { refused: `schema ${id} is of type ${schemaType}` };
    const others = await referred(references, new Map());
    if (typeof others === "string")
      return { refused: `schema ${id} refers to ${others}, which the schema registry does not know` };
    try {
      return usable(kind, JSON.parse(schema), others);
    } catch (error) {
      return { refused: `schema ${id}: ${messageOf(error)}` };
    }
  };
  return {
    async schemas(ids, kind) {
      const found = new Map<number, Schema>();
      for (const id of ids) {
        const key = `${kind} ${id}`;
        const schema = known.get(key) ?? (await load(id, kind));
        if (!("refused" in schema)) known.set(key, schema);
        found.set(id, schema);
      }
      return found;
    },
    async check() {
      const answer = await get("/subjects");
      if (!answer.ok) throw new SinkError(`the schema registry answered ${answer.status}`);
    },
  };
}

function usable(kind: "avro" | "json", schema: { $id?: string }, others: readonly Referred[]): Schema {
  const parsed = others.map((other) => ({ name: absolute(other.name, schema), schema: JSON.parse(other.schema) }));
  if (kind === "json") return { check: validator(schema, parsed) };
  return {
    read: avroReader(
      schema,
      parsed.map((other) => other.schema),
    ),
  };
}

/** A reference's name as the checker looks for it: seen from the identifier of the schema that refers to it. */
function absolute(name: string, schema: { $id?: string }): string {
  return schema.$id && URL.canParse(name, schema.$id) ? new URL(name, schema.$id).href : name;
}
