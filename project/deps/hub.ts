import { nearest } from "../../core/config/nearest.ts";
import { TsdbtError } from "../../core/errors.ts";
import { floatRepr } from "../../core/jinja/runtime/numbers.ts";
import { type Data, PyFloat } from "../../core/jinja/runtime/values.ts";
import { entryInIndex, type PackageEntry } from "../package-entry.ts";
import { repr } from "../repr.ts";
import {
  compareVersions,
  parseVersion,
  rangeText,
  reduceVersions,
  type VersionSpec,
  versionsCompatible,
  versionText,
} from "../semver.ts";
import { DBT_VERSION } from "../version.ts";
import { download } from "./download.ts";
import { moveFolder } from "./folder.ts";
import type { Pinned, Unpinned } from "./kinds.ts";
import { hubIndex, hubVersions } from "./registry.ts";
import type { DepsSession } from "./session.ts";

/** A package of the hub as several projects may ask for it. */
interface Asked {
  name: string;
  versions: VersionSpec[];
  prereleases: boolean;
}

/** A package of the hub. https://docs.getdbt.com/docs/build/packages#hub-packages-recommended */
export function hubPackage(session: DepsSession, { source, entry }: PackageEntry): Unpinned {
  const written = Array.isArray(entry.version) ? entry.version : [entry.version!];
  const versions = written.map(textOf).map((text) => {
    const spec = parseVersion(text);
    if (spec) return spec;
    throw new TsdbtError("TD2551", "Runtime Error", `"${text}" is not a valid semantic version.`, {
      hint: `write three numbers, as in version: "1.3.0" or version: [">=1.0.0", "<2.0.0"], for ${source}`,
    });
  });
  return unpinned(session, { name: source, versions, prereleases: entry.install_prerelease === true });
}

function textOf(version: Data): string {
  if (version instanceof PyFloat) return floatRepr(version.value);
  return typeof version === "number" ? floatRepr(version) : String(version);
}

function unpinned(session: DepsSession, asked: Asked): Unpinned & { asked: Asked } {
  return {
    asked,
    kind: "package",
    type: "RegistryUnpinnedPackage",
    name: asked.name,
    names: [asked.name],
    incorporate: (other) =>
      unpinned(session, {
        ...asked,
        versions: [...asked.versions, ...(other as Unpinned & { asked: Asked }).asked.versions],
      }),
    resolve: () => resolve(session, asked),
  };
}

async function resolve(session: DepsSession, { name, versions, prereleases }: Asked): Promise<Pinned> {
  const index = await hubIndex(session);
  if (!index.has(name))
    throw new TsdbtError("TD2552", "Runtime Error", `Package ${name} was not found in the package index`, {
      hint: nearestHint(name, index),
    });
  const range = reduceVersions(versions);
  if (!range)
    throw new TsdbtError(
      "TD2553",
      "Runtime Error",
      `Version error for package ${name}: Could not find a satisfactory version from options: ${repr(versions.map((spec) => versionText(spec)))}`,
      { hint: "these are the versions that the project and its packages ask for: no version lies in all of them" },
    );
  const known = await hubVersions(session, name);
  const checked = session.flags.version_check;
  const installable = [...known]
    .filter(([, info]) => !checked || suits(info.require_dbt_version))
    .flatMap(([text]) => {
      const spec = parseVersion(text);
      return spec ? [{ text, spec }] : [];
    })
    .filter(({ spec }) => prereleases || versions.some((each) => each.prerelease) || !spec.prerelease)
    .sort((a, b) => compareVersions(a.spec, b.spec));
  const limits = [range.start, range.end].filter((limit) => limit !== null);
  const target = installable.findLast(({ spec }) => versionsCompatible([spec, ...limits]));
  if (!target)
    throw new TsdbtError(
      "TD2554",
      "Runtime Error",
      `Could not find a matching compatible version for package ${name}\n  Requested range: ${rangeText(range)}\n` +
        `  Compatible versions: ${repr(installable.map(({ text }) => text))}\n` +
        (checked
          ? "\n  Not shown: package versions incompatible with installed version of dbt-core\n" +
            "  To include them, run 'dbt --no-version-check deps'"
          : ""),
    );
  return pinned(session, name, target.text, installable.at(-1)!.text);
}

/** Whether a package runs with this dbt. */
function suits(required: string[] | undefined): boolean {
  if (!required) return true;
  const specs = required.map(parseVersion);
  return specs.every((spec) => spec !== null) && versionsCompatible([parseVersion(DBT_VERSION)!, ...specs]);
}

function pinned(session: DepsSession, name: string, version: string, latest: string): Pinned {
  let folder: string | undefined;
  const info = async () => (await hubVersions(session, name)).get(version)!;
  return {
    name,
    version,
    latest,
    subdirectory: null,
    nice: `version ${version}`,
    async metadata() {
      const { name: own, packages } = await info();
      return { name: own, entries: packages.flatMap((entry) => entryInIndex(entry)) };
    },
    entry: () => ({ package: name, version }),
    async fetch() {
      const { downloads } = await info();
      folder = await download(session, downloads.tarball, `${name}.${version}`);
    },
    install: (to) => moveFolder(folder!, to),
  };
}

function nearestHint(name: string, index: ReadonlySet<string>): string | undefined {
  const near = nearest(name, [...index]);
  return near ? `did you mean '${near}'?` : undefined;
}
