import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { cached, freePort, runNicely } from "../cache.ts";
import { Service } from "./service.ts";

const MOTO = "5.2.5";
const SCRIPT = fileURLToPath(new URL("glue-server.py", import.meta.url));

export interface RunningGlue {
  endpoint: string;
  stop(): Promise<void>;
}

/** Glue, STS and Lake Formation as moto answers for them, installed from PyPI the first time. */
export async function startGlue(): Promise<RunningGlue> {
  const folder = await cached(`moto-${MOTO}`, `installing moto ${MOTO}`, (into) => {
    runNicely("python3", ["-m", "venv", into]);
    runNicely(join(into, "bin", "python"), [
      ...["-m", "pip", "-q", "--disable-pip-version-check", "install"],
      `moto[server,s3,glue,athena,cloudwatch]==${MOTO}`,
    ]);
  });
  const port = await freePort();
  const endpoint = `http://127.0.0.1:${port}`;
  const service = new Service("moto", join(folder, "bin", "python"), [SCRIPT, "-H", "127.0.0.1", "-p", `${port}`]);
  await service.until(async () => (await fetch(`${endpoint}/moto-api/data.json`)).ok, 120);
  return { endpoint, stop: () => service.stop() };
}
