import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import type { RuntimeConfig } from "../../project/types.ts";
import { note } from "../events/messages/general.ts";
import { targetFolder } from "./session.ts";
import type { CommandContext } from "./spec.ts";

/** `docs serve`: the site on this machine, up to date with the project until Ctrl-C. */
export async function serveDocumentation(context: CommandContext): Promise<number> {
  const [{ serveDocs }, { interruptible }, { loadRuntimeConfig }] = await Promise.all([
    import("../../site/index.ts"),
    import("./interrupt.ts"),
    import("../../project/runtime.ts"),
  ]);
  const { flags, events, io } = context;
  const config = await loadRuntimeConfig(flags, context.env, events);
  const { root, assetPaths } = config.project;
  const interrupt = interruptible(io);
  try {
    await serveDocs({
      root,
      target: targetFolder(config),
      watched: watchedPaths(config.project),
      assetPaths,
      host: String(flags.host),
      port: Number(flags.port),
      opensBrowser: flags.browser !== false,
      signal: interrupt.signal,
      refresh: () => compileQuietly(context),
      say: (line) => events.emit(note(line)),
      warn: (line) => events.emit(note(line, "warn")),
    });
    return 0;
  } finally {
    interrupt.done();
  }
}

const FILES = ["dbt_project.yml", "packages.yml", "dependencies.yml", "selectors.yml", "vars.yml"];

/** What parsing reads of the root project. */
function watchedPaths(project: RuntimeConfig["project"]): string[] {
  const { modelPaths, seedPaths, snapshotPaths, macroPaths, testPaths, analysisPaths, functionPaths, docsPaths } =
    project;
  const folders = [
    modelPaths,
    seedPaths,
    snapshotPaths,
    macroPaths,
    testPaths,
    analysisPaths,
    functionPaths,
    docsPaths,
  ];
  return [...new Set([...folders.flat(), ...FILES].map((path) => resolve(project.root, path)))];
}

/** Compiles the project as it is now, so that manifest.json is of it; answers what the command would have said of a failure. */
async function compileQuietly(context: CommandContext): Promise<string | null> {
  const [{ runCommandLine }, { Collected }] = await Promise.all([import("./command-line.ts"), import("./io.ts")]);
  const { flags, env } = context;
  const output = new Collected();
  const argv = ["compile", "--quiet", "--project-dir", flags.project_dir, ...passedOn(context)];
  const code = await runCommandLine(argv, { stdout: output, stderr: output, env, cwd: context.io.cwd });
  return code === 0 ? null : output.text.trim() || "the project cannot be compiled";
}

const PASSED = ["target", "profile", "profiles_dir", "vars", "target_path"] as const;

function passedOn({ given }: CommandContext): string[] {
  const values = given as { [name: string]: unknown };
  return PASSED.flatMap((name) =>
    typeof values[name] === "string" ? [`--${name.replaceAll("_", "-")}`, values[name]] : [],
  );
}

/** Compiling writes over the results of the last run, which the site shows: they are put aside first. */
export async function keepLastRun(target: string): Promise<void> {
  const { keepRun } = await import("../../site/index.ts");
  keepRun(target);
}

/** `docs generate`: the site beside the artifacts. Without a manifest (`--no-compile` in a fresh project) there is nothing to show. */
export async function writeDocumentation({ events, flags }: CommandContext, target: string): Promise<void> {
  if (!existsSync(join(target, "manifest.json"))) return;
  const { writeSite } = await import("../../site/index.ts");
  for (const path of writeSite(target, flags.static === true)) events.emit(note(`Documentation written to ${path}`));
}
