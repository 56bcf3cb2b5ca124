import { existsSync } from "node:fs";
import { join } from "node:path";
import { TsdbtError } from "../../core/errors.ts";
import type { EventBus } from "../../core/events/event.ts";
import { type PackagesFile, packageEntries, readPackagesFiles } from "../packages-file.ts";
import { repr } from "../repr.ts";
import { loadProjectOnly } from "../runtime.ts";
import type { Flags } from "../types.ts";
import { addPackage, packageToAdd } from "./add.ts";
import { InstallFolder } from "./folder.ts";
import type { Pinned } from "./kinds.ts";
import { lockedPackages, resolvePackages } from "./listing.ts";
import { packagesHash, readLock, writeLock } from "./lock.ts";
import { DepsSession, type Env } from "./session.ts";

/** How many packages are fetched at the same time. */
const AT_ONCE = 6;

/**
 * Installs what packages.yml names into `packages-install-path` and keeps package-lock.yml:
 * `await installDeps(flags, env, events)`. Packages of folders are linked. https://docs.getdbt.com/reference/commands/deps
 */
export async function installDeps(flags: Flags, env: Env, events: EventBus, signal?: AbortSignal): Promise<void> {
  const asked = packageToAdd(flags);
  const loaded = await loadProjectOnly(flags, env, events);
  const session = new DepsSession({ ...loaded, flags, events, signal });
  try {
    let declared = loaded.packagesFile;
    let hash = packagesHash(declared.entries);
    if (asked) {
      addPackage(session, declared, asked);
      declared = await readAgain(session);
      // dbt reckons the hash of what it has just added from the values alone.
      hash = packagesHash(declared.entries.map((entry) => ({ ...entry, unrendered: {} })));
    }
    await lock(session, declared, hash);
    if (flags.lock !== true) await install(session);
  } catch (error) {
    throw withoutSecrets(session, error);
  } finally {
    session.close();
  }
}

async function readAgain(session: DepsSession): Promise<PackagesFile> {
  const { root } = session.project;
  const found = readPackagesFiles(root, root);
  return packageEntries(found, await session.rendererFor(found.file?.text), { always: true });
}

/** Brings package-lock.yml up to what packages.yml asks for, unless it is. */
async function lock(session: DepsSession, declared: PackagesFile, hash: string): Promise<void> {
  const path = join(session.project.root, "package-lock.yml");
  if (existsSync(path) && session.flags.upgrade !== true && (await readLock(session, path))?.hash === hash) return;
  if (declared.entries.length === 0) return noPackages(session);
  const resolved = await resolvePackages(session, declared);
  writeLock(path, resolved, hash);
  session.say("DepsLockUpdating", "M031", `Updating lock file in file path: ${path}`, { lock_filepath: path });
}

/** Installs what package-lock.yml names. */
async function install(session: DepsSession): Promise<void> {
  const folder = new InstallFolder(session.project);
  try {
    const locked = await readLock(session, join(session.project.root, "package-lock.yml"));
    if (!locked || locked.entries.length === 0) noPackages(session);
    else await installAll(session, folder, await lockedPackages(session, locked.entries));
    folder.finish();
  } finally {
    folder.discard();
  }
}

async function installAll(session: DepsSession, folder: InstallFolder, packages: readonly Pinned[]): Promise<void> {
  const outdated: string[] = [];
  const fetched = fetchAll(packages);
  try {
    await installEach(session, folder, packages, fetched, outdated);
  } finally {
    // Nothing may write into folders that are about to be removed.
    await Promise.allSettled(fetched);
  }
  if (outdated.length === 0) return;
  session.say("Formatting", "Z017", "", { msg: "" });
  const text = `Updates available for packages: ${repr(outdated)} ${" ".repeat(16)}\nUpdate your versions in packages.yml, then run dbt deps`;
  session.say("DepsNotifyUpdatesAvailable", "M019", text, { packages: outdated });
}

async function installEach(
  session: DepsSession,
  folder: InstallFolder,
  packages: readonly Pinned[],
  fetched: readonly Promise<void>[],
  outdated: string[],
): Promise<void> {
  for (const [i, each] of packages.entries()) {
    const { name, version, latest, subdirectory, nice } = each;
    session.say("DepsStartPackageInstall", "M014", `Installing ${name}`, { package_name: name });
    await fetched[i];
    each.install(folder.pathOf((await each.metadata()).name));
    session.say("DepsInstallInfo", "M015", `Installed from ${nice}`, { version_name: nice });
    if (latest !== undefined && latest !== version) {
      outdated.push(name);
      session.say("DepsUpdateAvailable", "M016", `Updated version available: ${latest}`, { version_latest: latest });
    } else if (latest !== undefined) session.say("DepsUpToDate", "M017", "Up to date!");
    if (subdirectory) session.say("DepsListSubdirectory", "M018", `and subdirectory ${subdirectory}`, { subdirectory });
  }
}

/** Fetches all of them, a few at the same time, in their order. A failure is seen by who waits for that package. */
function fetchAll(packages: readonly Pinned[]): Promise<void>[] {
  let stopped = false;
  const lanes: Promise<void>[] = [];
  return packages.map((each, i) => {
    const before = lanes[i - AT_ONCE] ?? Promise.resolve();
    const fetched = before.then(() => (stopped ? undefined : each.fetch()));
    lanes[i] = fetched.catch(() => {
      stopped = true;
    });
    return fetched;
  });
}

function noPackages(session: DepsSession): void {
  session.say("DepsNoPackagesFound", "M013", "Warning: No packages were found in packages.yml");
}

function withoutSecrets(session: DepsSession, error: unknown): unknown {
  if (!(error instanceof TsdbtError)) return error;
  const { source } = error.details;
  return new TsdbtError(error.code, error.kind, session.hide(error.message), {
    ...error.details,
    ...(source === undefined ? {} : { source: session.hide(source) }),
  });
}
