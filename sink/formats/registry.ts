import { messageOf, SinkError } from "../errors.ts";
import { avroReader } from "./avro-reader.ts";
import { validator } from "./validate.ts";

/** A Confluent schema registry. */
export interface Registry {
  /** What reads or checks messages of these schemas. Ids that the registry does not know answer with a function that refuses. */
  schemas(ids: ReadonlySet<number>, kind: "avro" | "json"): Promise<Map<number, (value: never) => unknown>>;
  /** Fails where the registry does not answer. */
  check(): Promise<void>;
}

interface Answer {
  schema: string;
  schemaType?: string;
  references?: unknown[];
}

type Reader = (value: never) => unknown;

/** Schemas never change, so each is asked for once. */
export function connectRegistry(options: {
  url: string;
  username?: string | undefined;
  password?: string | undefined;
  timeout: number;
}): Registry {
  const known = new Map<string, Reader>();
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
  const load = async (id: number, kind: "avro" | "json"): Promise<Reader> => {
    const answer = await get(`/schemas/ids/${id}`);
    if (answer.status === 404) return refusing(`the schema registry knows no schema ${id}`);
    if (!answer.ok) throw new SinkError(`the schema registry answered ${answer.status} to schema ${id}`);
    const { schema, schemaType = "AVRO", references } = (await answer.json()) as Answer;
    if (schemaType !== (kind === "avro" ? "AVRO" : "JSON")) return refusing(`schema ${id} is of type ${schemaType}`);
    if (references?.length) return refusing(`schema ${id} refers to other schemas, which is not supported`);
    try {
      return kind === "avro" ? avroReader(JSON.parse(schema)) : validator(JSON.parse(schema));
    } catch (error) {
      return refusing(`schema ${id}: ${messageOf(error)}`);
    }
  };
  return {
    async schemas(ids, kind) {
      const found = new Map<number, Reader>();
      for (const id of ids) {
        const key = `${kind} ${id}`;
        const reader = known.get(key) ?? (await load(id, kind));
        if (!isRefusing(reader)) known.set(key, reader);
        found.set(id, reader);
      }
      return found;
    },
    async check() {
      const answer = await get("/subjects");
      if (!answer.ok) throw new SinkError(`the schema registry answered ${answer.status}`);
    },
  };
}

const refusals = new WeakSet<Reader>();

function refusing(problem: string): Reader {
  const reader = () => {
    throw new Error(problem);
  };
  refusals.add(reader);
  return reader;
}

function isRefusing(reader: Reader): boolean {
  return refusals.has(reader);
}
