import { realpathSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { readDotenv } from "../config/dotenv.ts";
import { type Io, processIo } from "./io.ts";
import { versionText } from "./own-version.ts";

/**
 * The command line as a function: `await main(["build", "-s", "orders"], io)` answers the exit code, 0 where all is well,
 * 1 where a node failed, 2 where the command could not run. It never throws and never ends the process.
 */
export async function main(argv: readonly string[], io: Io): Promise<number> {
  const [first] = argv;
  if (argv.length === 1 && (first === "--version" || first === "-V" || first === "-v")) {
    io.stdout.write(versionText());
    return 0;
  }
  const { runCommandLine } = await import("./command-line.ts");
  return runCommandLine(argv, { ...io, env: withDotenv(io) });
}

/** The environment with what a `.env` file adds: the process's own changes, so that a warehouse's driver sees it too. */
function withDotenv({ env, cwd, stderr }: Io): Io["env"] {
  const found = readDotenv(env, cwd);
  if (!found) return env;
  for (const line of found.unreadable)
    stderr.write(`python-dotenv could not parse statement starting at line ${line}\n`);
  return env === process.env ? Object.assign(env, found.values) : { ...env, ...found.values };
}

/**
 * What `bin/tsdbt` calls: runs the process's command line and ends the process with its exit code. It does not wait for
 * what a warehouse's driver may still hold open, but for what is written.
 */
export async function run(): Promise<void> {
  const io = processIo();
  const exitCode = await main(process.argv.slice(2), io);
  await Promise.all([process.stdout, process.stderr].map((stream) => new Promise((done) => stream.write("", done))));
  process.exit(exitCode);
}

const started = process.argv[1];
if (started && import.meta.filename === realpathSync(started) && fileURLToPath(import.meta.url).endsWith("main.ts")) {
  void run();
}
