import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { loadConfig } from "../../../sink/config/index.ts";
import type { SinkError } from "../../../sink/errors.ts";
import { checkLayouts } from "../../../sink/layout/index.ts";

const folder = mkdtempSync(join(tmpdir(), "tsdbt-sink-config-"));

function load(text: string, env: NodeJS.ProcessEnv = {}) {
  const file = join(folder, "sink.yml");
  writeFileSync(file, text);
  return loadConfig(file, env);
}

function caught(work: () => unknown): SinkError {
  try {
    work();
  } catch (error) {
    return error as SinkError;
  }
  throw new Error("nothing was thrown");
}

const LEAST = "kafka: {brokers: ['b:9092'], group: g, topics: [t]}\ns3: {bucket: b}\n";

describe("the configuration", () => {
  it("needs little", () => {
    const { batch, output, kafka, http } = load(LEAST);
    expect(batch).toEqual({ records: 100, bytes: 64 * 1024 ** 2, age: 600_000 });
    expect(output).toMatchObject({ format: "jsonl", compression: "none", time: "ingestion" });
    expect(kafka).toMatchObject({ protocol: "consumer", start: "earliest", isolation: "read_committed" });
    expect(http).toEqual({ host: "127.0.0.1", port: 9464 });
  });

  it("reads sizes, times and environment variables", () => {
    const text = `${LEAST}batch:\n  records: \${COUNT}\n  bytes: 10 MB\n  age: \${AGE:-5m}\nhttp:\n  port: \${PORT}\n`;
    expect(load(text, { COUNT: "7", PORT: "0" })).toMatchObject({
      batch: { records: 7, bytes: 1e7, age: 300_000 },
      http: { port: 0 },
    });
  });

  it("keeps a password of digits as it is", () => {
    const text = `kafka: {brokers: ['b:9092'], group: g, topics: [t], sasl: {mechanism: PLAIN, username: u, password: '\${PW}'}}\ns3: {bucket: b}`;
    expect(load(text, { PW: "0123" }).kafka.sasl).toMatchObject({ password: "0123" });
  });

  it("reads schemas from files beside it", () => {
    writeFileSync(join(folder, "price.json"), '{"type": "object"}');
    expect(load(`${LEAST}validation: {json_schema: price.json}`).validation.json_schema).toEqual({ type: "object" });
  });

  it("tells of variables that want quotes", () => {
    const error = caught(() => load("kafka:\n  brokers: [$" + "{BROKERS}]\n"));
    expect([error.message, error.hint]).toEqual([
      expect.stringContaining("line 2"),
      "a variable within [ ] stands in quotes",
    ]);
  });

  it.each([
    ["a: [", /sink\.yml: .*at line 1/],
    ["kafka: {brokers: [b], group: g}\ns3: {}", /kafka\.brokers\.0: expected host:port[\s\S]*s3\.bucket: /],
    ["kafka: {brokers: ['b:1'], group: g}\ns3: {bucket: b}", /kafka\.topics: name topics, or a pattern/],
    [`${LEAST}batch: {age: soon}`, /batch\.age: expected a time such as .*got "soon"/],
    [`${LEAST}batches: {}`, /Unrecognized key: "batches"/],
    [`${LEAST}input: {format: avro_registry}`, /registry: the input's format needs a schema registry/],
    [`${LEAST}validation: {json_schema: missing.json}`, /cannot read the schema .*missing\.json/],
    [`${LEAST}log: {level: "\${LEVEL}"}`, /the environment variable LEVEL is not set/],
  ])("%s is refused", (text, message) => {
    expect(() => load(text)).toThrow(message);
  });

  it.each([
    ["output: {path: '%Y/{partition}'}", /output\.path: \{offset\} is missing/],
    ["output: {timezone: Mars/Base}", /unknown time zone Mars\/Base/],
    ["output: {time: soon}", /expected ingestion, kafka or field:NAME/],
    ["overrides: {t: {output: {path: 'x'}}}", /overrides\.t\.output\.path/],
  ])("%s is refused at start", (text, message) => {
    expect(() => checkLayouts(load(LEAST + text))).toThrow(message);
  });
});
