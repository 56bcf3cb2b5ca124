import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { cached, freePort, runNicely, until } from "./cache.ts";
import { type SecureListener, secureListener } from "./kafka-secure.ts";

const VERSION = "4.4.0";
const SLF4J = "1.7.36";

/** One Kafka broker, its own controller, on 127.0.0.1. */
export interface RunningKafka {
  /** host:port, as clients want it. */
  bootstrap: string;
  /** Where one was asked for. */
  secure: SecureListener | undefined;
  /** Ends the broker (by SIGKILL where `hard`) and starts it again on the same port and data. */
  restart(hard?: boolean): Promise<void>;
  stop(): Promise<void>;
}

/** Starts a broker with a data folder of its own. Its jars are fetched with Maven the first time. */
export async function startKafka(
  options: { properties?: { [name: string]: string }; secure?: boolean } = {},
): Promise<RunningKafka> {
  const jars = await kafkaJars();
  const classPath = join(jars, "*");
  const folder = mkdtempSync(join(tmpdir(), "tsdbt-kafka-"));
  const [port, controller] = [await freePort(), await freePort()];
  const secure = options.secure ? await secureListener(folder) : undefined;
  const settings = join(folder, "server.properties");
  const properties = {
    "process.roles": "broker,controller",
    "node.id": "1",
    "controller.quorum.voters": `1@127.0.0.1:${controller}`,
    listeners: [`PLAINTEXT://127.0.0.1:${port}`, `CONTROLLER://127.0.0.1:${controller}`, secure?.listener ?? []]
      .flat()
      .join(),
    "controller.listener.names": "CONTROLLER",
    "listener.security.protocol.map": "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT,SASL_SSL:SASL_SSL",
    "log.dirs": join(folder, "data"),
    "offsets.topic.replication.factor": "1",
    "offsets.topic.num.partitions": "4",
    "transaction.state.log.replication.factor": "1",
    "transaction.state.log.num.partitions": "4",
    "transaction.state.log.min.isr": "1",
    "group.initial.rebalance.delay.ms": "0",
    "group.consumer.min.session.timeout.ms": "3000",
    "group.consumer.session.timeout.ms": "6000",
    "group.consumer.min.heartbeat.interval.ms": "500",
    "group.consumer.heartbeat.interval.ms": "1000",
    "auto.create.topics.enable": "false",
    ...secure?.properties,
    ...options.properties,
  };
  writeFileSync(
    settings,
    Object.entries(properties)
      .map((pair) => `${pair.join("=")}\n`)
      .join(""),
  );
  const java = (main: string, ...args: string[]) => [
    "-Xmx512M",
    "-Xms128M",
    "-XX:+UseSerialGC",
    "-cp",
    classPath,
    main,
    ...args,
  ];
  const id = randomBytes(16).toString("base64url");
  const format = ["format", `--cluster-id=${id}`, "-c", settings, ...(secure?.formatArgs ?? [])];
  execFileSync("java", java("kafka.tools.StorageTool", ...format), { stdio: "pipe" });

  let server: ChildProcess;
  const start = async () => {
    let said = "";
    server = spawn("java", java("kafka.Kafka", settings), { stdio: ["ignore", "ignore", "pipe"] });
    server.stderr!.on("data", (chunk: Buffer) => {
      said = (said + chunk.toString()).slice(-4000);
    });
    await until(
      async () => {
        if (server.exitCode !== null) throw new Error(`Kafka ended with ${server.exitCode}: ${said}`);
        return accepts(port);
      },
      300,
      () => `Kafka does not answer: ${said}`,
    );
  };
  const end = async (hard: boolean) => {
    if (server.exitCode !== null || server.signalCode !== null) return;
    const exit = new Promise((resolve) => server.once("exit", resolve));
    server.kill(hard ? "SIGKILL" : "SIGTERM");
    await exit;
  };
  const stop = async () => {
    await end(true);
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    await start();
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    bootstrap: `127.0.0.1:${port}`,
    secure,
    async restart(hard = false) {
      await end(hard);
      await start();
    },
    stop,
  };
}

/** Runs one of Kafka's own tools, such as `ConsoleProducer`; answers what it printed. */
export async function kafkaTool(name: string, args: string[], input = ""): Promise<string> {
  const command = ["-Xmx256M", "-cp", join(await kafkaJars(), "*"), `org.apache.kafka.tools.${name}`, ...args];
  return execFileSync("java", command, { input, encoding: "utf8", stdio: ["pipe", "pipe", "ignore"] });
}

async function kafkaJars(): Promise<string> {
  return cached(`kafka-${VERSION}-tools`, "fetching Kafka's jars with Maven, 50 MB", (into) => {
    const work = join(into, "work");
    mkdirSync(work);
    writeFileSync(join(work, "pom.xml"), pom());
    runNicely("mvn", ["-q", "-B", "dependency:copy-dependencies", "-DoutputDirectory=lib"], { cwd: work });
    for (const jar of readdirSync(join(work, "lib"))) cpSync(join(work, "lib", jar), join(into, jar));
    rmSync(work, { recursive: true });
    if (!existsSync(join(into, `kafka_2.13-${VERSION}.jar`))) throw new Error("Maven brought no Kafka");
  });
}

function pom(): string {
  const needs = [
    ["org.apache.kafka", "kafka_2.13", VERSION],
    ["org.apache.kafka", "kafka-tools", VERSION],
    ["org.slf4j", "slf4j-simple", SLF4J],
  ].map(
    ([group, artifact, version]) =>
      `<dependency><groupId>${group}</groupId><artifactId>${artifact}</artifactId><version>${version}</version></dependency>`,
  );
  return `<project xmlns="http://maven.apache.org/POM/4.0.0"><modelVersion>4.0.0</modelVersion>
<groupId>tests</groupId><artifactId>kafka</artifactId><version>1</version><packaging>pom</packaging>
<dependencies>${needs.join("")}</dependencies></project>
`;
}

async function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1");
    socket.once("connect", () => {
      socket.destroy();
      resolve(true);
    });
    socket.once("error", () => resolve(false));
  });
}
