import type { CommandContext } from "./spec.ts";

/** `deps`: installs the packages of packages.yml. */
export async function installPackages(context: CommandContext): Promise<number> {
  const [{ installDeps }, { interruptible }] = await Promise.all([
    import("../../project/deps/index.ts"),
    import("./interrupt.ts"),
  ]);
  const interrupt = interruptible(context.io);
  try {
    await installDeps(context.flags, context.env, context.events, interrupt.signal);
    return 0;
  } finally {
    interrupt.done();
  }
}

/** `clean`: deletes the folders of clean-targets. */
export async function cleanProject(context: CommandContext): Promise<number> {
  const { clean } = await import("../../project/clean.ts");
  await clean(context.flags, context.env, context.events);
  return 0;
}

/** `init`: makes a project. */
export async function initProject(context: CommandContext): Promise<number> {
  const { init } = await import("../../project/init.ts");
  init(context.flags, context.events, context.io.cwd);
  return 0;
}
