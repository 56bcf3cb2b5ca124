import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from "prom-client";

/** What the sink counts. */
export type Metrics = ReturnType<typeof newMetrics>;

const NAME = "tsdbt_sink_";

export function newMetrics() {
  const registry = new Registry();
  const registers = [registry];
  collectDefaultMetrics({ register: registry, prefix: NAME });
  const counter = <L extends string = never>(name: string, help: string, labelNames: L[] = []) =>
    new Counter({ name: NAME + name, help, labelNames, registers });
  const gauge = <L extends string = never>(name: string, help: string, labelNames: L[] = []) =>
    new Gauge({ name: NAME + name, help, labelNames, registers });
  const histogram = (name: string, help: string, buckets: number[]) =>
    new Histogram({ name: NAME + name, help, buckets, registers });
  return {
    registry,
    consumed: counter("messages_consumed_total", "Messages read from Kafka, those read again too", ["topic"]),
    stored: counter("messages_stored_total", "Messages stored in S3, dead letters too", ["topic"]),
    batches: counter("batches_uploaded_total", "Batches of which every object is durable", ["topic"]),
    objects: counter("objects_uploaded_total", "Objects put into S3", ["topic"]),
    bytes: counter("bytes_uploaded_total", "Bytes put into S3", ["topic"]),
    errors: counter("upload_errors_total", "Failed attempts to claim or store a batch", ["topic"]),
    foundClaims: counter("found_claims_total", "Batches whose range another process had claimed", ["topic"]),
    deadLetters: counter("dead_letters_total", "Messages put among the dead letters", ["topic", "reason"]),
    skippedOffsets: counter("offsets_gone_total", "Offsets that Kafka no longer had when they were to be read", [
      "topic",
    ]),
    seconds: histogram(
      "upload_seconds",
      "From a claim until its objects are durable",
      [0.01, 0.03, 0.1, 0.3, 1, 3, 10, 30, 100],
    ),
    batchMessages: histogram("batch_messages", "Messages of a batch", [1, 10, 100, 1000, 10_000, 100_000, 1e6]),
    batchBytes: histogram("batch_bytes", "Bytes of a batch as held in memory", [1e3, 1e4, 1e5, 1e6, 1e7, 1e8]),
    lag: gauge("lag", "Messages between what is read and the partition's end", ["topic", "partition"]),
    held: gauge("held_bytes", "Bytes of messages held in memory"),
    spooled: gauge("spool_bytes", "Bytes of messages on disk, waiting for S3"),
    partitions: gauge("assigned_partitions", "Partitions that this process reads"),
    throughput: gauge("messages_per_second", "Messages stored a second, over the last ten seconds"),
    circuit: gauge("circuit_open", "1 while S3 fails and is only probed"),
  };
}
