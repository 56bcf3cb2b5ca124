// Adds the packages of other platforms to package-lock.json where npm left them out, which it does when the registry at
// hand lacks them: without their entries `npm ci` refuses the lock file. Run it after npm has changed the lock file.
import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const file = fileURLToPath(new URL("../package-lock.json", import.meta.url));
const lock = JSON.parse(readFileSync(file, "utf8"));

const SYSTEMS = ["aix", "android", "darwin", "freebsd", "linux", "netbsd", "openbsd", "openharmony", "sunos", "win32"];
const PROCESSORS = ["arm", "arm64", "ia32", "loong64", "mips64el", "ppc64", "riscv64", "s390x", "x64"];

/** What a platform package's name says of where it runs: `@x/cli-linux-x64-musl`. */
function platform(name) {
  const words = name.split("/").at(-1).split("-");
  const os = SYSTEMS.filter((s) => words.includes(s));
  const cpu = PROCESSORS.filter((p) => words.includes(p));
  const libc = words.some((w) => w.startsWith("musl"))
    ? ["musl"]
    : words.some((w) => w.startsWith("gnu"))
      ? ["glibc"]
      : [];
  return { os, cpu, ...(os.includes("linux") && libc.length > 0 ? { libc } : {}) };
}

let added = 0;
for (const entry of Object.values({ ...lock.packages })) {
  for (const [name, version] of Object.entries(entry.optionalDependencies ?? {})) {
    const place = `node_modules/${name}`;
    const { os, cpu, libc } = platform(name);
    if (lock.packages[place] || !/^\d/.test(version) || os.length === 0) continue;
    lock.packages[place] = {
      version,
      ...(cpu.length > 0 ? { cpu } : {}),
      ...(entry.dev ? { dev: true } : {}),
      ...(libc ? { libc } : {}),
      optional: true,
      os,
      ...(entry.peer ? { peer: true } : {}),
    };
    added++;
  }
}
lock.packages = Object.fromEntries(Object.entries(lock.packages).sort(([a], [b]) => (a < b ? -1 : 1)));
writeFileSync(file, `${JSON.stringify(lock, null, 2)}\n`);
console.log(`${added} platform packages added`);
