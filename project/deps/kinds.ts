import type { PackageEntry } from "../package-entry.ts";
import type { DataObject } from "../types.ts";

/** A package as a project asks for it: maybe any of several versions. */
export interface Unpinned {
  kind: PackageEntry["kind"];
  /** What it is called by until its dbt_project.yml is read: a folder, an address, a name on the hub. */
  name: string;
  /** Other names of the same thing: an address with and without `.git`. */
  names: readonly string[];
  /** dbt's name of the kind, for messages. */
  type: string;
  /** The same package, asked for once more. */
  incorporate(other: Unpinned): Unpinned;
  /** Chooses its version. Throws where none will do. */
  resolve(): Promise<Pinned>;
}

/** A package of one version, to be looked into and installed. */
export interface Pinned {
  name: string;
  version: string | null;
  /** The newest version that could be had, on the hub. */
  latest?: string;
  subdirectory: string | null;
  /** `version 1.0.0`, as `Installed from` names it. */
  nice: string;
  /** Reads its name and the packages it names in turn. */
  metadata(): Promise<Metadata>;
  /** What package-lock.yml holds of it, beside its name. Its version is known once the metadata was read. */
  entry(): DataObject;
  /** Fetches it, if that is needed: several may be fetched at once. */
  fetch(): Promise<void>;
  /** Puts what was fetched into a folder that is not there yet. */
  install(to: string): void;
}

export interface Metadata {
  name: string;
  entries: PackageEntry[];
}
