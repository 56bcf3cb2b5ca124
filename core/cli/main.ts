import { realpathSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { type Io, processIo } from "./io.ts";
import { ownVersion } from "./own-version.ts";
import { usageText } from "./usage.ts";

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
  if (first === "completion") {
    const { completion } = await import("./completion.ts");
    return completion(argv.slice(1), io);
  }
  const { parseArguments } = await import("./arguments.ts");
  const parsed = parseArguments(argv);
  switch (parsed.kind) {
    case "version":
      io.stdout.write(versionText());
      return 0;
    case "help":
      (parsed.exitCode === 0 ? io.stdout : io.stderr).write(parsed.text);
      return parsed.exitCode;
    case "usage":
      io.stderr.write(usageText(parsed.command, parsed.message));
      return 2;
    case "command":
      try {
        const { invokeCommand } = await import("./invoke.ts");
        return await invokeCommand(parsed.spec, parsed.given, argv, io);
      } catch (error) {
        // Only a fault of tsdbt's own comes here: what a user can cause is handled inside.
        const { message, stack } = error instanceof Error ? error : { message: String(error), stack: undefined };
        const shown = argv.includes("--debug") || argv.includes("-d") ? stack : message;
        io.stderr.write(`Internal Error\n  ${shown ?? message}\n`);
        return 2;
      }
  }
}

function versionText(): string {
  return `tsdbt ${ownVersion()}\n`;
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
  await run();
}
