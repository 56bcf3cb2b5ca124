import { existsSync } from "node:fs";
import { join, sep } from "node:path";
import { TsdbtError } from "../../core/errors.ts";
import { floatRepr } from "../../core/jinja/runtime/numbers.ts";
import { PyFloat } from "../../core/jinja/runtime/values.ts";
import { md5 } from "../../core/python/hash.ts";
import type { PackageEntry } from "../package-entry.ts";
import { repr } from "../repr.ts";
import type { DataObject } from "../types.ts";
import { moveFolder } from "./folder.ts";
import { checkOut } from "./git-command.ts";
import type { Pinned, Unpinned } from "./kinds.ts";
import type { DepsSession } from "./session.ts";

/** A git package as several projects may ask for it. */
interface Asked {
  address: string;
  /** As it was written, for the lock file: a secret stays a call of env_var there. */
  written: string;
  revisions: string[];
  warnUnpinned: boolean;
  subdirectory: string | null;
  /** What the lock file calls it, and holds of it beside address, revision and subdirectory. */
  lock: { key: "git" | "private"; more: DataObject };
}

/** A package of a git repository. https://docs.getdbt.com/docs/build/packages#git-packages */
export function gitPackage(session: DepsSession, { entry, source, unrendered }: PackageEntry): Unpinned {
  session.keepAddressSecret(source);
  return unpinned(session, {
    address: source,
    written: typeof unrendered.git === "string" && unrendered.git !== "" ? unrendered.git : source,
    ...options(entry),
    lock: { key: "git", more: {} },
  });
}

/** A package of a private repository, whose address is made up from its name. */
export function privatePackage(session: DepsSession, { entry, source }: PackageEntry, address: string): Unpinned {
  const { provider } = entry;
  return unpinned(session, {
    address,
    written: source,
    ...options(entry),
    lock: { key: "private", more: typeof provider === "string" && provider !== "" ? { provider } : {} },
  });
}

function options(entry: DataObject): Pick<Asked, "revisions" | "warnUnpinned" | "subdirectory"> {
  const { revision, subdirectory } = entry;
  return {
    revisions: revision === null || revision === undefined ? [] : [revisionText(revision)],
    warnUnpinned: entry["warn-unpinned"] !== false,
    subdirectory: typeof subdirectory === "string" && subdirectory !== "" ? subdirectory : null,
  };
}

function revisionText(revision: unknown): string {
  if (revision instanceof PyFloat) return floatRepr(revision.value);
  return typeof revision === "number" ? floatRepr(revision) : String(revision);
}

function unpinned(session: DepsSession, asked: Asked): Unpinned & { asked: Asked } {
  const { address, subdirectory } = asked;
  const other = address.endsWith(".git") ? address.slice(0, -4) : `${address}.git`;
  const named = (repository: string) => (subdirectory ? `${repository}/${subdirectory}` : repository);
  const isPrivate = asked.lock.key === "private";
  return {
    asked,
    kind: isPrivate ? "private" : "git",
    type: isPrivate ? "PrivateUnpinnedPackage" : "GitUnpinnedPackage",
    name: named(address),
    names: [named(address), named(other)],
    incorporate: (more) => {
      const { revisions, warnUnpinned } = (more as Unpinned & { asked: Asked }).asked;
      return unpinned(session, {
        ...asked,
        revisions: [...asked.revisions, ...revisions],
        warnUnpinned: asked.warnUnpinned && warnUnpinned,
      });
    },
    resolve: async () => {
      const requested = [...new Set(asked.revisions)];
      if (requested.length > 1)
        throw new TsdbtError(
          "TD2535",
          "Runtime Error",
          `git dependencies should contain exactly one version. ${session.hide(named(address))} contains: ` +
            `{${requested.map((revision) => repr(revision)).join(", ")}}`,
          { hint: "the root project and its packages ask for different revisions: make them the same" },
        );
      return pinned(session, asked, requested[0] ?? "HEAD", named(address));
    },
  };
}

function pinned(session: DepsSession, asked: Asked, revision: string, name: string): Pinned {
  const { address, subdirectory } = asked;
  const folder = md5(name);
  const inside = () => folderInside(join(session.downloads(), folder), subdirectory, name);
  const fetched = async (): Promise<string> => {
    const there = session.clones.get(folder);
    if (there && (there.revision === revision || (await there.commit) === revision)) return there.commit;
    const commit = checkOut(session, { repository: address, folder, revision, subdirectory });
    session.clones.set(folder, { revision, commit });
    return commit;
  };
  let commit = revision;
  return {
    name,
    version: revision,
    subdirectory,
    nice: revision === "HEAD" ? "HEAD (default revision)" : `revision ${revision}`,
    async metadata() {
      commit = await fetched();
      const branch = revision === "main" || revision === "master";
      if (asked.warnUnpinned && (branch || revision === "HEAD")) {
        const how = branch ? `pinned to the "${revision}" branch` : "not pinned, using HEAD (default branch)";
        session.warnOnce(
          "DepsUnpinned",
          "M029",
          `The git package "${address}" \n\tis ${how}.\n\tThis can introduce breaking changes into your project without warning!` +
            "\n\nSee https://docs.getdbt.com/docs/package-management#section-specifying-package-versions",
          { revision, git: address },
        );
      }
      return session.metadataOf(inside());
    },
    entry() {
      const written = session.scrubbed(asked.written);
      if (written !== asked.written) session.warnOfScrubbed(written);
      return {
        [asked.lock.key]: written,
        revision: commit,
        ...(subdirectory ? { subdirectory } : {}),
        ...asked.lock.more,
      };
    },
    async fetch() {
      await fetched();
    },
    install: (to) => moveFolder(inside(), to),
  };
}

/** The package's folder within the repository, which must lie there. */
function folderInside(root: string, subdirectory: string | null, name: string): string {
  const path = subdirectory ? join(root, subdirectory) : root;
  if (path !== root && !path.startsWith(root + sep))
    throw new TsdbtError(
      "TD2536",
      "Runtime Error",
      `The subdirectory '${subdirectory}' lies outside of the repository`,
    );
  if (!existsSync(path))
    throw new TsdbtError(
      "TD2537",
      "Runtime Error",
      `There is no folder '${subdirectory}' in the repository of ${name}`,
      {
        hint: "`subdirectory:` is a path from the root of the repository",
      },
    );
  return path;
}
