import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { cached, freePort, runNicely } from "../cache.ts";
import type { RunningMinio } from "../minio.ts";
import { Service } from "../service.ts";

const VERSION = "476";
const PLUGINS = ["hive", "iceberg"];
/** The data catalog's name in Athena is the Hive catalog's name in Trino, so that statements need no other one. */
export const HIVE_CATALOG = "awsdatacatalog";
export const ICEBERG_CATALOG = "iceberg";

export interface RunningTrino {
  url: string;
  stop(): Promise<void>;
}

/** The engine of Athena v3, with a Hive and an Iceberg catalog on the same Glue and S3; each sees the other's tables. */
export async function startTrino(store: RunningMinio, glue: string): Promise<RunningTrino> {
  const home = await trinoHome();
  const folder = mkdtempSync(join(tmpdir(), "tsdbt-trino-"));
  const port = await freePort();
  const etc = join(folder, "etc");
  mkdirSync(join(etc, "catalog"), { recursive: true });
  mkdirSync(join(folder, "plugin"));
  for (const plugin of PLUGINS) symlinkSync(join(home, "plugin", plugin), join(folder, "plugin", plugin));
  write(join(etc, "config.properties"), {
    coordinator: true,
    "node-scheduler.include-coordinator": true,
    "http-server.http.port": port,
    "discovery.uri": `http://127.0.0.1:${port}`,
    "query.max-memory": "1GB",
    "query.max-memory-per-node": "1GB",
    "catalog.management": "static",
    "query.min-expire-age": "30s",
    "log.path": join(folder, "server.log"),
    "node.environment": "standin",
    "node.id": "standin",
    "node.bind-ip": "127.0.0.1",
    "node.internal-address": "127.0.0.1",
    "plugin.dir": join(folder, "plugin"),
  });
  write(join(etc, "log.properties"), { "io.trino": "WARN" });
  const shared = {
    "hive.metastore.glue.region": store.region,
    "hive.metastore.glue.endpoint-url": glue,
    "hive.metastore.glue.aws-access-key": store.accessKeyId,
    "hive.metastore.glue.aws-secret-key": store.secretAccessKey,
    "fs.native-s3.enabled": true,
    "s3.endpoint": store.endpoint,
    "s3.region": store.region,
    "s3.path-style-access": true,
    "s3.aws-access-key": store.accessKeyId,
    "s3.aws-secret-key": store.secretAccessKey,
  };
  write(join(etc, "catalog", `${HIVE_CATALOG}.properties`), {
    "connector.name": "hive",
    "hive.metastore": "glue",
    "hive.non-managed-table-writes-enabled": true,
    "hive.recursive-directories": true,
    "hive.iceberg-catalog-name": ICEBERG_CATALOG,
    "hive.max-partitions-per-writers": 100,
    "hive.partition-projection-enabled": true,
    // Tables are changed behind Trino's back, through Glue.
    "hive.metastore-cache-ttl": "0s",
    "hive.file-status-cache-expire-time": "0s",
    ...shared,
  });
  write(join(etc, "catalog", `${ICEBERG_CATALOG}.properties`), {
    "connector.name": "iceberg",
    "iceberg.catalog.type": "glue",
    "iceberg.hive-catalog-name": HIVE_CATALOG,
    "iceberg.max-partitions-per-writer": 100,
    "iceberg.expire-snapshots.min-retention": "0s",
    "iceberg.remove-orphan-files.min-retention": "0s",
    "iceberg.unique-table-location": false,
    ...shared,
  });
  const service = new Service(
    "Trino",
    "nice",
    [
      ...["-n", "2", javaCommand(), "-Xmx3G", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"],
      ...["--enable-native-access=ALL-UNNAMED", "--sun-misc-unsafe-memory-access=allow", "-Dfile.encoding=UTF-8"],
      ...["--add-modules=jdk.incubator.vector", "-Djdk.attach.allowAttachSelf=true"],
      ...[
        `-Dconfig=${join(etc, "config.properties")}`,
        `-Dlog.levels-file=${join(etc, "log.properties")}`,
        "-cp",
        join(home, "lib", "*"),
      ],
      "io.trino.server.TrinoServer",
    ],
    { cwd: folder },
  );
  const url = `http://127.0.0.1:${port}`;
  await service.until(async () => {
    const info = (await (await fetch(`${url}/v1/info`)).json()) as { starting: boolean };
    return !info.starting;
  }, 300);
  return {
    url,
    async stop() {
      await service.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function write(file: string, properties: { [key: string]: unknown }): void {
  writeFileSync(
    file,
    Object.entries(properties)
      .map(([key, value]) => `${key}=${value}\n`)
      .join(""),
  );
}

/** Where Trino is unpacked; downloaded through Maven the first time. */
function trinoHome(): Promise<string> {
  return cached(`trino-${VERSION}`, `downloading Trino ${VERSION} (821 MB)`, (into) => {
    const download = join(into, "download");
    runNicely("mvn", [
      ...["-q", "-B", "dependency:copy", `-Dartifact=io.trino:trino-server:${VERSION}:tar.gz`],
      ...[`-DoutputDirectory=${download}`, `-Dmaven.repo.local=${join(download, "repository")}`],
    ]);
    runNicely("tar", ["-xzf", join(download, `trino-server-${VERSION}.tar.gz`), "-C", into, "--strip-components=1"]);
    rmSync(download, { recursive: true, force: true });
  });
}

/** Java as new as Trino needs; the machine's default one may be older. */
function javaCommand(): string {
  const folder = "/usr/lib/jvm";
  const names = existsSync(folder) ? readdirSync(folder) : [];
  const newest = names
    .map((name) => ({ name, version: Number(/(?:^|\D)(\d+)/.exec(name)?.[1] ?? 0) }))
    .filter(({ name, version }) => version >= 24 && existsSync(join(folder, name, "bin", "java")))
    .sort((a, b) => b.version - a.version)[0];
  return newest ? join(folder, newest.name, "bin", "java") : "java";
}
