import { createHash } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync, renameSync, statSync, unlinkSync, writeFileSync } from "node:fs";
import nodeModule, { createRequire } from "node:module";
import { homedir } from "node:os";
import { dirname, join } from "node:path";
import { Script } from "node:vm";

const MONTH_MS = 30 * 24 * 3600 * 1000;
/** Bytes of the checksum before the code. */
const SUM = 20;

/**
 * What stands in for command-line.ts in the bundle: it loads command-line.cjs, beside it, with the code that V8 has compiled of it
 * before, since compiling two and a half megabytes takes a third of a short command. Node 22 and later do so by themselves
 * (https://nodejs.org/api/module.html#moduleenablecompilecachecachedir); for Node 20 the code is kept in
 * `$XDG_CACHE_HOME/tsdbt` or ~/.cache/tsdbt, readable by this user alone. `NODE_DISABLE_COMPILE_CACHE=1` switches both off.
 */
export const { runCommandLine } = loaded() as typeof import("./command-line.ts");

function loaded(): unknown {
  const file = join(import.meta.dirname, "command-line.cjs");
  const require = createRequire(file);
  if ("enableCompileCache" in nodeModule || process.env.NODE_DISABLE_COMPILE_CACHE) return require(file);
  const folder = join(process.env.XDG_CACHE_HOME || join(homedir(), ".cache"), "tsdbt");
  const place = join(folder, `${process.env.TSDBT_BUNDLE}-${process.version}-${process.arch}.code`);
  const cachedData = kept(place);
  const script = new Script(
    `(function (exports, require, module, __filename, __dirname) {${readFileSync(file, "utf8")}\n})`,
    {
      filename: file,
      ...(cachedData && { cachedData }),
    },
  );
  const module = { exports: {} };
  const load = (specifier: string) => import(specifier);
  script.runInThisContext()(module.exports, require, module, file, dirname(file), load);
  if (!cachedData || script.cachedDataRejected) process.once("exit", () => keep(place, script));
  return module.exports;
}

/** The compiled code of an earlier start, if all of it is there. */
function kept(place: string): Buffer | undefined {
  try {
    const content = readFileSync(place);
    const code = content.subarray(SUM);
    return sumOf(code).equals(content.subarray(0, SUM)) ? code : undefined;
  } catch {
    return undefined;
  }
}

/** Keeps the code with what this start has compiled of it, and lets go of what other versions left. Where it cannot, it does not. */
function keep(place: string, script: Script): void {
  const folder = dirname(place);
  const fresh = `${place}.${process.pid}`;
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    writeFileSync(fresh, "", { mode: 0o600 });
    const code = script.createCachedData();
    writeFileSync(fresh, Buffer.concat([sumOf(code), code]));
    renameSync(fresh, place);
    for (const name of readdirSync(folder)) {
      const other = join(folder, name);
      if (name.includes(".code") && Date.now() - statSync(other).mtimeMs > MONTH_MS) unlinkSync(other);
    }
  } catch {
    // the next start compiles anew
  }
}

function sumOf(code: Uint8Array): Buffer {
  return createHash("sha1").update(code).digest();
}
