import { createHash } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { TsdbtError } from "../../core/errors.ts";
import { get, RequestError } from "./http.ts";
import { withRetries } from "./retries.ts";
import type { DepsSession } from "./session.ts";

const DEFAULT_TIMEOUT_S = 10;

/**
 * Downloads a .tar.gz and unpacks it below the downloads; answers the one folder that it holds. An archive that arrived
 * damaged is fetched again; one that would write outside of its folder is refused.
 */
export function download(session: DepsSession, address: string, name: string): Promise<string> {
  const key = `archive ${address}`;
  const before = session.asked.get(key) as Promise<string> | undefined;
  if (before) return before;
  const folder = unpacked(session, address, name);
  session.asked.set(key, folder);
  return folder;
}

async function unpacked(session: DepsSession, address: string, name: string): Promise<string> {
  session.keepAddressSecret(address);
  // Names come from elsewhere: they make no path.
  const into = join(session.downloads(), createHash("md5").update(`${name}\n${address}`).digest("hex"));
  const { unpack } = await import("./unpack.ts");
  return withRetries(session, async () => {
    const archive = await bytesOf(session, address);
    rmSync(into, { recursive: true, force: true });
    mkdirSync(into, { recursive: true });
    const problem = await unpack(archive, into);
    if (problem?.kind === "damaged")
      throw new RequestError(`${session.hide(address)} is no .tar.gz, or arrived incomplete: ${problem.message}`, true);
    if (problem)
      throw new TsdbtError(
        "TD2560",
        "Runtime Error",
        `${session.hide(address)} is not safe to unpack: ${problem.message}`,
        {
          hint: "nothing of it was installed",
        },
      );
    const found = readdirSync(into);
    if (found.length !== 1)
      throw new TsdbtError(
        "TD2561",
        "Runtime Error",
        `Incorrect structure for package extracted from ${session.hide(address)}.` +
          `The extracted package needs to follow the structure ${name}/<package_contents>.`,
        {
          hint: `the archive must hold one folder; it holds ${found.length === 0 ? "nothing" : found.slice(0, 5).join(", ")}`,
        },
      );
    return join(into, found[0]!);
  });
}

async function bytesOf(session: DepsSession, address: string): Promise<Buffer> {
  if (/^file:/i.test(address)) {
    try {
      return readFileSync(fileURLToPath(address));
    } catch (error) {
      throw new RequestError(`Could not read ${address}: ${(error as Error).message}`, false);
    }
  }
  const seconds = Number(session.env.DBT_HTTP_TIMEOUT || DEFAULT_TIMEOUT_S);
  const timeoutMs = (Number.isFinite(seconds) && seconds > 0 ? seconds : DEFAULT_TIMEOUT_S) * 1000;
  return (await get(address, { env: session.env, signal: session.signal, timeoutMs })).body;
}
