import { TsdbtError } from "../../core/errors.ts";
import type { PackageEntry } from "../package-entry.ts";
import type { PackagesFile } from "../packages-file.ts";
import { placeOf } from "../yaml-file.ts";
import { gitPackage, privatePackage } from "./git.ts";
import { hubPackage } from "./hub.ts";
import type { Metadata, Pinned, Unpinned } from "./kinds.ts";
import { localPackage } from "./local.ts";
import { privateAddress } from "./private.ts";
import type { DepsSession } from "./session.ts";
import { tarballPackage } from "./tarball.ts";

/** A package with what was found out about it. */
export interface Resolved {
  pinned: Pinned;
  name: string;
}

/** Packages by name: one that is asked for twice is there once, and must suit both who ask. */
class Listing {
  readonly packages = new Map<string, Unpinned>();

  add(added: Unpinned): Unpinned {
    const key = added.names.find((name) => this.packages.has(name)) ?? added.names[0]!;
    const before = this.packages.get(key);
    if (before && before.kind !== added.kind)
      throw new TsdbtError(
        "TD2570",
        "Runtime Error",
        `Cannot incorporate ${added.names[0]} (${added.type}) in ${before.names[0]} (${before.type}): mismatched types`,
        { hint: "the same package is named in two ways: name it in one" },
      );
    const all = before ? before.incorporate(added) : added;
    this.packages.set(key, all);
    return all;
  }
}

function unpinned(session: DepsSession, entry: PackageEntry): Unpinned {
  switch (entry.kind) {
    case "local":
      return localPackage(session, entry.source);
    case "package":
      return hubPackage(session, entry);
    case "git":
      return gitPackage(session, entry);
    case "tarball":
      return tarballPackage(session, entry);
    case "private": {
      const { provider } = entry.entry;
      const address = privateAddress(session, entry.source, typeof provider === "string" ? provider : null);
      return privatePackage(session, entry, address);
    }
  }
}

/**
 * The packages of a list and those they name in turn, each in the version that suits all who ask for it. Throws where there is
 * no such version, or where two packages have the same name.
 */
export async function resolvePackages(session: DepsSession, declared: PackagesFile): Promise<Resolved[]> {
  const final = new Listing();
  let pending = listingOf(session, declared.entries);
  /** Each package's version whose own packages are taken in: a circle of packages ends here. */
  const expanded = new Map<string, string>();
  while (pending.packages.size > 0) {
    const next = new Listing();
    for (const wanted of pending.packages.values()) {
      const pinned = await final.add(wanted).resolve();
      const version = `${pinned.version}`;
      if (expanded.get(wanted.names[0]!) === version) continue;
      expanded.set(wanted.names[0]!, version);
      const { entries } = await located(declared, wanted, () => pinned.metadata());
      for (const entry of entries) next.add(unpinned(session, entry));
    }
    pending = next;
  }
  const resolved: Resolved[] = [];
  for (const each of final.packages.values()) {
    const pinned = await each.resolve();
    resolved.push({ pinned, name: (await pinned.metadata()).name });
  }
  checkNames(session, declared, resolved);
  return resolved;
}

/** The packages of a lock file, which names every one. */
export async function lockedPackages(session: DepsSession, entries: readonly PackageEntry[]): Promise<Pinned[]> {
  const { packages } = listingOf(session, entries);
  return Promise.all([...packages.values()].map((each) => each.resolve()));
}

function listingOf(session: DepsSession, entries: readonly PackageEntry[]): Listing {
  const listing = new Listing();
  for (const entry of entries) listing.add(unpinned(session, entry));
  return listing;
}

/** Says which line of packages.yml named a folder that is no package. */
async function located(declared: PackagesFile, wanted: Unpinned, read: () => Promise<Metadata>): Promise<Metadata> {
  try {
    return await read();
  } catch (error) {
    if (!(error instanceof TsdbtError) || error.code !== "TD2302" || wanted.kind !== "local") throw error;
    throw new TsdbtError(error.code, error.kind, error.message, {
      ...placeOfEntry(declared, wanted.name),
      hint: "`local:` is a folder with a dbt_project.yml, relative to the root project",
    });
  }
}

function placeOfEntry({ file, entries }: PackagesFile, source: string) {
  if (!file) return {};
  const index = entries.findIndex((entry) => entry.source === source);
  return placeOf(file, index < 0 ? ["packages"] : ["packages", index, entries[index]!.kind]);
}

function checkNames({ project }: DepsSession, declared: PackagesFile, packages: readonly Resolved[]): void {
  const seen = new Map<string, string>();
  for (const { name, pinned } of packages) {
    const place = placeOfEntry(declared, pinned.name);
    if (seen.has(name))
      throw new TsdbtError(
        "TD2512",
        "Runtime Error",
        `Found duplicate project "${name}". This occurs when a dependency has the same project name as some other dependency.`,
        { ...place, hint: `${seen.get(name)} and ${pinned.name} both have \`name: ${name}\` in their dbt_project.yml` },
      );
    if (name === project.name)
      throw new TsdbtError(
        "TD2513",
        "Runtime Error",
        `Found a dependency with the same name as the root project "${name}". Package names must be unique in a project. ` +
          "Please rename one of these packages.",
        { ...place, hint: `change \`name:\` in ${pinned.name}/dbt_project.yml` },
      );
    seen.set(name, pinned.name);
  }
}
