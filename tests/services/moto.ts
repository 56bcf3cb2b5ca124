import { join } from "node:path";
import { cached, freePort, runNicely } from "./cache.ts";
import { Service } from "./service.ts";

const MOTO = "5.2.5";

/** AWS's services as moto answers for them. */
export interface RunningMoto {
  endpoint: string;
  stop(): Promise<void>;
}

/** Starts moto's server, installed from PyPI the first time; `script` starts it in another way than its own. */
export async function startMoto(script: string[] = ["-m", "moto.server"]): Promise<RunningMoto> {
  const folder = await cached(`moto-${MOTO}`, `installing moto ${MOTO}`, (into) => {
    runNicely("python3", ["-m", "venv", into]);
    runNicely(join(into, "bin", "python"), [
      ...["-m", "pip", "-q", "--disable-pip-version-check", "install"],
      `moto[server,s3,glue,athena,cloudwatch]==${MOTO}`,
    ]);
  });
  const port = await freePort();
  const endpoint = `http://127.0.0.1:${port}`;
  const service = new Service("moto", join(folder, "bin", "python"), [...script, "-H", "127.0.0.1", "-p", `${port}`]);
  await service.until(async () => (await fetch(`${endpoint}/moto-api/data.json`)).ok, 300);
  return { endpoint, stop: () => service.stop() };
}
