import { cpSync, symlinkSync } from "node:fs";
import { homedir } from "node:os";
import { resolve } from "node:path";
import type { Pinned, Unpinned } from "./kinds.ts";
import type { DepsSession } from "./session.ts";

/** A package of a folder: it is linked, so that a change in it counts at once. https://docs.getdbt.com/docs/build/packages#local-packages */
export function localPackage(session: DepsSession, folder: string): Unpinned & Pinned {
  const home = session.env.HOME || homedir();
  const path = resolve(session.project.root, folder.replace(/^~(?=$|[/\\])/, home));
  const self: Unpinned & Pinned = {
    kind: "local",
    type: "LocalUnpinnedPackage",
    name: folder,
    names: [folder],
    version: null,
    subdirectory: null,
    nice: `<local @ ${folder}>`,
    incorporate: () => self,
    resolve: async () => self,
    metadata: () => session.metadataOf(path),
    entry: () => ({ local: folder }),
    fetch: async () => {},
    install: (to) => {
      try {
        session.debug("DepsCreatingLocalSymlink", "Z037", "Creating symlink to local dependency.");
        symlinkSync(path, to, process.platform === "win32" ? "junction" : "dir");
      } catch {
        session.debug("DepsSymlinkNotAvailable", "Z038", "Symlinks are not available on this OS, copying dependency.");
        cpSync(path, to, { recursive: true });
      }
    },
  };
  return self;
}
