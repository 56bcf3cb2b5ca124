import { z } from "zod";
import { bytes, count, duration, flag } from "./units.ts";

const sasl = z.discriminatedUnion("mechanism", [
  z.strictObject({
    mechanism: z.enum(["PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512"]),
    username: z.string(),
    password: z.string(),
  }),
  z.strictObject({
    mechanism: z.literal("OAUTHBEARER"),
    token: z.string().describe("a bearer token that does not change"),
  }),
  z.strictObject({
    mechanism: z.literal("AWS_MSK_IAM"),
    region: z.string().describe("region of the MSK cluster; credentials come from AWS's usual places"),
  }),
]);

const tls = z.strictObject({
  ca: z.string().optional().describe("file with the authorities to trust, PEM"),
  cert: z.string().optional().describe("file with the client's certificate, PEM"),
  key: z.string().optional().describe("file with the client's key, PEM"),
  verify: flag(true, "refuse certificates that do not verify"),
});

const registry = z.strictObject({
  url: z.url(),
  username: z.string().optional(),
  password: z.string().optional(),
  timeout: duration("10s"),
});

const COLUMN_TYPES = ["string", "int", "double", "boolean", "timestamp", "json"] as const;
export type ColumnType = (typeof COLUMN_TYPES)[number];

/** What decides, besides the messages, what the objects of a claim are. It is written into each claim. */
const input = z.strictObject({
  format: z
    .enum(["json", "raw", "avro", "avro_registry", "json_schema_registry"])
    .default("json")
    .describe("`avro` is bare Avro by `schema`; the registry formats begin with Confluent's magic byte and schema id"),
  schema: z.unknown().optional().describe("for `avro`: the writer's schema, or the name of a file with it"),
  debezium: z
    .enum(["off", "keep", "unwrap"])
    .default("off")
    .describe(
      "change events of Debezium: kept as they are (without their schema part), or only the row, with __op, __deleted and __ts_ms",
    ),
  nulls: z
    .enum(["dead_letter", "skip", "keep"])
    .default("dead_letter")
    .describe("messages without a value (tombstones)"),
});

const output = z.strictObject({
  format: z.enum(["jsonl", "json", "parquet", "avro"]).default("jsonl").describe("`json` is one array an object"),
  compression: z
    .enum(["none", "gzip", "snappy", "zstd"])
    .default("none")
    .describe("of the whole object for JSON, of the pages or blocks for Parquet and Avro"),
  gzip_level: z
    .int()
    .min(1)
    .max(9)
    .default(2)
    .describe(
      "1 is quickest, 9 smallest: 4 takes half as long again as 2 and saves 4 to 8 % of the bytes, 6 three times as long or more and saves 9 to 16 %",
    ),
  path: z
    .string()
    .default("{topic}/year=%Y/month=%m/day=%d/{topic}+{partition}+{offset}{ext}")
    .describe(
      "{topic} {partition} {offset} {topic_id} {ext}, and %Y %m %d %H %M %S of the time; checked for uniqueness",
    ),
  time: z
    .string()
    .default("ingestion")
    .describe("`ingestion` (fixed by the claim), `kafka` (the message's timestamp), or `field:NAME`, a dotted path"),
  timezone: z.string().default("UTC").describe("IANA name, for the path"),
  kafka_field: z
    .string()
    .optional()
    .describe("adds a field of this name with topic, partition, offset, timestamp, key and headers"),
  columns: z
    .record(z.string(), z.enum(COLUMN_TYPES))
    .optional()
    .describe("for Parquet and Avro; without it the columns are those that the batch's rows have"),
});

const validation = z.strictObject({
  json_schema: z.unknown().optional().describe("a JSON Schema, or the name of a file with one"),
  avro_schema: z
    .unknown()
    .optional()
    .describe("an Avro schema, or the name of a file with one, of the message as JSON"),
  zod: z
    .string()
    .optional()
    .describe(
      "a module (.js or .mjs) whose default export is a zod schema, or `FILE#NAME`; it checks and changes nothing",
    ),
});

const perTopic = { input: input.prefault({}), output: output.prefault({}), validation: validation.prefault({}) };

const config = z.strictObject({
  kafka: z.strictObject({
    brokers: z.array(z.string().regex(/^.+:\d+$/, "expected host:port")).min(1),
    group: z.string().min(1),
    topics: z.array(z.string()).default([]),
    pattern: z.string().optional().describe("regular expression for more topics, looked for every minute"),
    protocol: z
      .enum(["consumer", "classic"])
      .default("consumer")
      .describe("group protocol: `consumer` needs Kafka 4.0 or newer and moves only the partitions that must move"),
    start: z.enum(["earliest", "latest"]).default("earliest").describe("where a partition begins that nobody has read"),
    isolation: z.enum(["read_committed", "read_uncommitted"]).default("read_committed"),
    client_id: z.string().default("tsdbt-sink"),
    sasl: sasl.optional(),
    tls: tls.optional(),
    fetch_bytes: bytes("8MiB", "of one answer of a broker"),
    fetch_partition_bytes: bytes("1MiB", "of one partition in it; a larger message still comes whole"),
    fetch_wait: duration("500ms"),
    request_timeout: duration("30s"),
  }),
  s3: z.strictObject({
    bucket: z.string().min(1),
    region: z.string().default("us-east-1"),
    endpoint: z.url().optional().describe("for services other than AWS"),
    path_style: flag(false),
    access_key_id: z.string().optional().describe("else from AWS's usual places"),
    secret_access_key: z.string().optional(),
    session_token: z.string().optional(),
    prefix: z.string().default("").describe("before all names"),
    claims: z
      .string()
      .default("_claims")
      .describe("where claims stand, under the prefix; keep them longer than any process may sleep, a week or more"),
    timeout: duration("30s"),
    multipart: bytes("32MiB", "larger objects are uploaded in parts of this size"),
  }),
  ...perTopic,
  registry: registry.optional(),
  overrides: z
    .record(
      z.string(),
      z.strictObject({ input: input.optional(), output: output.optional(), validation: validation.optional() }),
    )
    .default({})
    .describe("other input, output or validation for a topic by name; each section given replaces the general one"),
  batch: z
    .strictObject({
      records: count(100, [1]),
      bytes: bytes("64MiB"),
      age: duration("10m", "since the first message of the batch was read"),
    })
    .prefault({}),
  dead_letters: z
    .strictObject({
      prefix: z.string().default("_dead_letters"),
      topic: z
        .string()
        .optional()
        .describe("gets each dead letter in a transaction, keyed by topic, partition and offset"),
      max_share: z
        .number()
        .min(0)
        .max(1)
        .default(1)
        .describe("of the last `window` messages; above it the sink stops, with nothing lost"),
      window: count(1000, [1]),
    })
    .prefault({}),
  memory: z
    .strictObject({
      max: bytes(
        "256MiB",
        "of messages held; at three quarters the largest batch is closed, at all of it reading pauses",
      ),
    })
    .prefault({}),
  spool: z
    .strictObject({
      folder: z.string().describe("of this process alone"),
      max: bytes("1GiB", "when it is full, or the disk is, reading waits"),
    })
    .optional()
    .describe("while S3 fails, messages that memory cannot hold are read on and kept here"),
  retry: z
    .strictObject({
      first: duration("200ms"),
      most: duration("30s", "longest wait; each wait is random up to twice the former one's limit"),
      circuit: count(8, [1], "failures in a row after which one request at a time tries until one works"),
    })
    .prefault({}),
  http: z
    .strictObject({
      host: z.string().default("127.0.0.1"),
      port: count(9464, [0, 65535], "0 takes a free one"),
    })
    .nullable()
    .prefault({})
    .describe("/metrics, /health, /ready; null for none"),
  cloudwatch: z
    .strictObject({
      namespace: z.string().default("tsdbt-sink"),
      interval: duration("5m"),
      region: z.string().optional(),
      endpoint: z.url().optional(),
    })
    .optional()
    .describe("sends the metrics to CloudWatch too"),
  shutdown: z.strictObject({ grace: duration("30s", "for open batches to be stored after SIGTERM") }).prefault({}),
  log: z.strictObject({ level: z.enum(["trace", "debug", "info", "warn", "error"]).default("info") }).prefault({}),
});

/** The whole configuration file. */
export const configSchema = config.superRefine((given, context) => {
  if (!given.kafka.topics.length && !given.kafka.pattern)
    context.addIssue({ code: "custom", path: ["kafka", "topics"], message: "name topics, or a pattern" });
  const sections = [given, ...Object.values(given.overrides)];
  if (!given.registry && sections.some((section) => section.input?.format.endsWith("_registry")))
    context.addIssue({ code: "custom", path: ["registry"], message: "the input's format needs a schema registry" });
});

/** As it stands in a claim. Options that came later than the claim get their defaults. */
export const layoutSchema = z.object({
  ...perTopic,
  prefix: z.string(),
  deadLetters: z.string(),
  refused: z.array(z.object({ offset: z.int(), reason: z.string(), detail: z.string() })).optional(),
});

export type Config = z.infer<typeof configSchema>;
export type ConfigInput = z.input<typeof configSchema>;
export type InputOptions = z.infer<typeof input>;
export type OutputOptions = z.infer<typeof output>;
export type ValidationOptions = z.infer<typeof validation>;
