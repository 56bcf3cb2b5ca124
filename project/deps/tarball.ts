import type { PackageEntry } from "../package-entry.ts";
import { download } from "./download.ts";
import { moveFolder } from "./folder.ts";
import type { Pinned, Unpinned } from "./kinds.ts";
import type { DepsSession } from "./session.ts";

/** A package of a .tar.gz file. https://docs.getdbt.com/docs/build/packages#internally-hosted-tarball-url */
export function tarballPackage(session: DepsSession, { source, entry, unrendered }: PackageEntry): Unpinned & Pinned {
  session.keepAddressSecret(source);
  const name = String(entry.name);
  const written = typeof unrendered.tarball === "string" && unrendered.tarball !== "" ? unrendered.tarball : source;
  let folder: Promise<string> | undefined;
  let fetched = "";
  const fetch = async () => {
    folder ??= download(session, source, name);
    fetched = await folder;
  };
  const self: Unpinned & Pinned = {
    kind: "tarball",
    type: "TarballUnpinnedPackage",
    // Until it is looked into it goes by its address, then by its name.
    name,
    names: [source],
    version: "tarball",
    subdirectory: null,
    nice: `tarball (url: ${source})`,
    incorporate: () => self,
    resolve: async () => self,
    async metadata() {
      await fetch();
      const { entries, name: own } = await session.metadataOf(fetched);
      return { name: name || own, entries };
    },
    entry() {
      const address = session.scrubbed(written);
      if (address !== written) session.warnOfScrubbed(address);
      return { tarball: address, name };
    },
    fetch,
    install: (to) => moveFolder(fetched, to),
  };
  return self;
}
