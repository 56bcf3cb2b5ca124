import { Command } from "commander";
import type { Config } from "../config/index.ts";
import { messageOf } from "../errors.ts";

const VERSION = process.env.TSDBT_VERSION ?? "0.0.0";

// Its warning about Node 20's end would be all that stands on standard error.
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= "true";

interface CommonFlags {
  config: string;
}

const program = new Command("tsdbt-sink")
  .description("Stores the messages of Kafka topics in S3, every one exactly once")
  .version(VERSION, "--version", "print the version")
  .addHelpText(
    "after",
    `
Examples:
  tsdbt-sink check                            does sink.yml work?
  tsdbt-sink run -c prices.yml --port 9100    store messages; /metrics, /health and /ready on port 9100
  tsdbt-sink replay --topic prices --dry-run  how many dead letters would be sent back?`,
  )
  .exitOverride((error) => process.exit(error.exitCode ? 2 : 0));

const command = (name: string, description: string) =>
  program.command(name).description(description).option("-c, --config <file>", "configuration file", "sink.yml");

command("run", "read and store until SIGTERM or SIGINT")
  .option("--log-level <level>", "trace, debug, info, warn or error")
  .option("--port <port>", "port of /metrics, /health and /ready")
  .action((flags: CommonFlags & { logLevel?: Config["log"]["level"]; port?: string }) =>
    finish(async () => {
      const asked = new Promise<void>((resolve) => {
        for (const signal of ["SIGTERM", "SIGINT"] as const) process.on(signal, () => resolve());
      });
      const { startSink } = await import("../run/sink.ts");
      const config = await load(flags.config);
      if (flags.logLevel) config.log.level = flags.logLevel;
      if (flags.port !== undefined && config.http) config.http.port = Number(flags.port);
      const sink = await startSink(config);
      void asked.then(sink.stop);
      await sink.ended;
      return 0;
    }),
  );

command("check", "verify brokers, topics, bucket rights and schema registry").action((flags: CommonFlags) =>
  finish(async () => {
    const { checkConfig } = await import("../run/check.ts");
    let failed = 0;
    for await (const { what, problem, hint } of checkConfig(await load(flags.config))) {
      if (problem) failed++;
      console.log(problem ? `FAIL  ${what}: ${problem}${hint ? `\n      ${hint}` : ""}` : `ok    ${what}`);
    }
    return failed ? 1 : 0;
  }),
);

command("replay", "send dead letters back to Kafka")
  .option("--topic <name>", "only those that came from this topic")
  .option("--to <name>", "to this topic instead of the one they came from")
  .option("--dry-run", "only count them")
  .action((flags: CommonFlags & { topic?: string; to?: string; dryRun?: boolean }) =>
    finish(async () => {
      const { replay } = await import("../run/replay.ts");
      const { objects, messages, skipped } = await replay(await load(flags.config), flags);
      const verb = flags.dryRun ? "to replay" : "replayed";
      console.log(`${messages} messages of ${objects} objects ${verb}, ${skipped} objects replayed before`);
      return 0;
    }),
  );

program
  .command("version")
  .description("print the version")
  .action(() => console.log(VERSION));

await program.parseAsync();

async function load(file: string): Promise<Config> {
  return (await import("../config/index.ts")).loadConfig(file);
}

/** Ends the process: with 2 where it could not work. Never with a stack trace. */
async function finish(work: () => Promise<number>): Promise<void> {
  try {
    process.exitCode = await work();
  } catch (error) {
    const hint = (error as { hint?: string }).hint;
    console.error(`tsdbt-sink: ${messageOf(error)}${hint ? `\n  ${hint}` : ""}`);
    process.exitCode = 2;
  }
  // Clients may keep timers or sockets after they are closed.
  process.exit();
}
