import { watch } from "chokidar";

/** Stops watching. */
export type Unwatch = () => Promise<void>;

/**
 * Calls back after files changed, once they have been quiet for a moment. What `ignored` names is not looked at; folders that
 * come later are.
 */
export async function watchFiles(
  paths: readonly string[],
  ignored: (path: string) => boolean,
  changed: (paths: ReadonlySet<string>) => void,
): Promise<Unwatch> {
  const watcher = watch([...paths], { ignoreInitial: true, ignored, ignorePermissionErrors: true, atomic: true });
  let gathered = new Set<string>();
  let timer: NodeJS.Timeout | undefined;
  watcher.on("all", (_event, path) => {
    gathered.add(path);
    clearTimeout(timer);
    timer = setTimeout(() => {
      const paths = gathered;
      gathered = new Set();
      changed(paths);
    }, 200);
  });
  watcher.on("error", () => undefined);
  await new Promise<void>((resolve) => watcher.once("ready", resolve));
  return async () => {
    clearTimeout(timer);
    await watcher.close();
  };
}
