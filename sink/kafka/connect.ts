import { readFileSync } from "node:fs";
import {
  Admin,
  type BaseOptions,
  type ConnectionOptions,
  ConnectionPool,
  Consumer,
  Producer,
} from "@platformatic/kafka";
import type { Config } from "../config/index.ts";
import { messageOf, SinkError } from "../errors.ts";
import { mskToken } from "./msk-token.ts";

type Kafka = Config["kafka"];

/** How to reach the brokers. */
function connectionOptions({ sasl, tls, request_timeout }: Kafka): ConnectionOptions {
  return {
    connectTimeout: 10_000,
    requestTimeout: request_timeout,
    ...(tls && {
      tls: {
        rejectUnauthorized: tls.verify,
        ...(tls.ca && { ca: pem(tls.ca) }),
        ...(tls.cert && { cert: pem(tls.cert) }),
        ...(tls.key && { key: pem(tls.key) }),
      },
      tlsServerName: true,
    }),
    ...(sasl && { sasl: saslOptions(sasl) }),
  };
}

function saslOptions(sasl: NonNullable<Kafka["sasl"]>): NonNullable<ConnectionOptions["sasl"]> {
  if (sasl.mechanism === "AWS_MSK_IAM") return { mechanism: "OAUTHBEARER", token: () => mskToken(sasl.region) };
  if (sasl.mechanism === "OAUTHBEARER") return { mechanism: "OAUTHBEARER", token: sasl.token };
  return { mechanism: sasl.mechanism, username: sasl.username, password: sasl.password };
}

function pem(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    throw new SinkError(`cannot read ${file}: ${messageOf(error)}`, { cause: error });
  }
}

export function baseOptions(kafka: Kafka): BaseOptions {
  return {
    clientId: kafka.client_id,
    bootstrapBrokers: kafka.brokers,
    timeout: kafka.request_timeout,
    retries: 3,
    retryDelay: 500,
    metadataMaxAge: 60_000,
    ...connectionOptions(kafka),
  };
}

/** A member of the group. Without joining it serves to ask for metadata and offsets. */
export function newConsumer(kafka: Kafka) {
  const group =
    kafka.protocol === "consumer"
      ? { groupProtocol: "consumer" as const }
      : { sessionTimeout: 30_000, rebalanceTimeout: 60_000, heartbeatInterval: 3000 };
  return new Consumer({ ...baseOptions(kafka), groupId: kafka.group, autocommit: false, ...group });
}

export function newAdmin(kafka: Kafka) {
  return new Admin(baseOptions(kafka));
}

/** Waits for every replica, and writes nothing twice. */
export function newProducer(kafka: Kafka) {
  return new Producer({ ...baseOptions(kafka), idempotent: true, acks: -1 });
}

/** Connections for one purpose alone: a fetch that waits for messages must not hold up heartbeats. */
export function newPool(kafka: Kafka, purpose: string): ConnectionPool {
  return new ConnectionPool(`${kafka.client_id}-${purpose}`, connectionOptions(kafka));
}
