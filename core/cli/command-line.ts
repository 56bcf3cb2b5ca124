import { parseArguments } from "./arguments.ts";
import { invokeCommand } from "./invoke.ts";
import type { Io } from "./io.ts";
import { versionText } from "./own-version.ts";
import { usageText } from "./usage.ts";

/** The command line but for what needs next to no code: reads the arguments and runs what they ask for. */
export async function runCommandLine(argv: readonly string[], io: Io): Promise<number> {
  if (argv[0] === "completion") {
    const { completion } = await import("./completion.ts");
    return completion(argv.slice(1), io);
  }
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
        return await invokeCommand(parsed.spec, parsed.given, argv, io, parsed.command);
      } catch (error) {
        // Only a fault of tsdbt's own comes here: what a user can cause is handled inside.
        const { message, stack } = error instanceof Error ? error : { message: String(error), stack: undefined };
        const shown = argv.includes("--debug") || argv.includes("-d") ? stack : message;
        io.stderr.write(`Internal Error\n  ${shown ?? message}\n`);
        return 2;
      }
  }
}
