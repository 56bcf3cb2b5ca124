import type { Config } from "../config/index.ts";
import { messageOf, SinkError } from "../errors.ts";
import { loadCodeSchemas } from "../formats/code-schema.ts";
import { connectRegistry } from "../formats/registry.ts";
import { newAdmin } from "../kafka/connect.ts";
import { checkLayouts } from "../layout/index.ts";
import { connectStore } from "../store/index.ts";
import { openDeadLetterTopic } from "./dead-letter-topic.ts";

/** One thing that was looked at. */
export interface Finding {
  what: string;
  problem?: string;
  hint?: string | undefined;
}

/** Looks whether all that the sink needs is there: brokers, topics, rights on the bucket, the schema registry. */
export async function* checkConfig(config: Config): AsyncGenerator<Finding> {
  yield await look("paths and layout", async () => {
    checkLayouts(config);
    await loadCodeSchemas(config);
  });
  yield* checkKafka(config);
  yield* checkStore(config);
  if (config.registry) {
    const registry = connectRegistry(config.registry);
    yield await look(`schema registry ${config.registry.url}`, () => registry.check());
  }
}

async function* checkKafka({ kafka, dead_letters }: Config): AsyncGenerator<Finding> {
  const admin = newAdmin({ ...kafka, request_timeout: Math.min(kafka.request_timeout, 10_000) });
  try {
    const names = await lookFor(`brokers ${kafka.brokers.join(", ")}`, () => admin.listTopics());
    yield names.finding;
    if (!names.value) return;
    const expected = [...kafka.topics, ...(dead_letters.topic ? [dead_letters.topic] : [])];
    for (const topic of expected)
      yield names.value.includes(topic)
        ? { what: `topic ${topic}` }
        : { what: `topic ${topic}`, problem: "it does not exist", hint: "create it; the sink creates no topics" };
    if (dead_letters.topic && names.value.includes(dead_letters.topic)) {
      const letters = openDeadLetterTopic(kafka, dead_letters.topic);
      yield await look("transactions for dead letters", () => letters.check());
      await letters.close();
    }
    if (kafka.pattern !== undefined) {
      const expression = new RegExp(kafka.pattern);
      const found = names.value.filter((topic) => expression.test(topic));
      yield { what: `topics of ${kafka.pattern}: ${found.join(", ") || "none yet"}` };
    }
  } finally {
    await admin.close().catch(() => undefined);
  }
}

async function* checkStore({ s3 }: Config): AsyncGenerator<Finding> {
  const store = connectStore({ ...s3, timeout: Math.min(s3.timeout, 10_000) });
  const key = `${s3.prefix}${s3.claims}/check`;
  try {
    yield await look(
      `bucket ${s3.bucket}: list`,
      async () => void (await store.list(`${s3.prefix}${s3.claims}/`, { most: 1 })),
    );
    yield await look(
      `bucket ${s3.bucket}: put`,
      async () => void (await store.putNew(key, Buffer.from("tsdbt-sink check\n"))),
    );
    yield await look(`bucket ${s3.bucket}: conditional put`, async () => {
      if (await store.putNew(key, Buffer.from("tsdbt-sink check\n")))
        throw new SinkError("an object that exists was put again", {
          hint: "the service ignores If-None-Match, without which nothing is exactly once",
        });
    });
    yield await look(`bucket ${s3.bucket}: get`, async () => void (await store.get(key)));
  } finally {
    store.close();
  }
}

async function look(what: string, work: () => Promise<void>): Promise<Finding> {
  return (await lookFor(what, work)).finding;
}

async function lookFor<T>(what: string, work: () => Promise<T>): Promise<{ finding: Finding; value?: T }> {
  try {
    return { finding: { what }, value: await work() };
  } catch (error) {
    return { finding: { what, problem: messageOf(error), hint: (error as SinkError).hint } };
  }
}
