import { randomUUID } from "node:crypto";
import { cpSync, existsSync, lstatSync, mkdirSync, readdirSync, realpathSync, renameSync, rmSync } from "node:fs";
import { basename, dirname, join, resolve, sep } from "node:path";
import { TsdbtError } from "../../core/errors.ts";
import type { Project } from "../types.ts";

/** Moves a folder, over the border of two disks too. */
export function moveFolder(from: string, to: string): void {
  try {
    renameSync(from, to);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EXDEV") throw error;
    cpSync(from, to, { recursive: true, verbatimSymlinks: true });
    rmSync(from, { recursive: true, force: true });
  }
}

/**
 * A new `packages-install-path` in the making, beside the one that is there: it takes its place only when it is whole, so that
 * a `deps` that fails, or a second one at the same time, leaves no mixture.
 */
export class InstallFolder {
  private readonly shown: string;
  private readonly target: string;
  private readonly made: string;

  constructor(project: Project) {
    this.shown = project.packagesInstallPath;
    const target = resolve(project.root, this.shown);
    this.target = existsSync(target) ? realpathSync(target) : target;
    refuseDangerous(project, this.target);
    mkdirSync(dirname(this.target), { recursive: true });
    removeLeftovers(this.target);
    this.made = temporary(this.target);
    mkdirSync(this.made);
  }

  /** Where a package of this name goes. Throws where that is not right inside the folder. */
  pathOf(name: string): string {
    const path = resolve(this.made, name);
    if (name !== "" && dirname(path) === this.made && basename(path) === name) return path;
    throw new TsdbtError(
      "TD2515",
      "Runtime Error",
      `Invalid package name '${name}': resolves outside of the packages-install-path ('${this.shown}')`,
    );
  }

  /** Puts the new folder in the place of the old one. */
  finish(): void {
    const old = temporary(this.target);
    // Another process may put its own there in between: then it is that one which goes.
    for (let attempt = 1; ; attempt++) {
      try {
        if (isThere(this.target)) renameSync(this.target, old);
      } catch (error) {
        const { code } = error as NodeJS.ErrnoException;
        if (code === "ENOENT") continue;
        // A mounted folder cannot be renamed: what is in it can.
        if (code !== "EBUSY" && code !== "EXDEV") throw error;
        this.fill();
        return;
      }
      try {
        renameSync(this.made, this.target);
        rmSync(old, { recursive: true, force: true });
        return;
      } catch (error) {
        const { code } = error as NodeJS.ErrnoException;
        rmSync(old, { recursive: true, force: true });
        if (attempt > 100 || (code !== "ENOTEMPTY" && code !== "EEXIST" && code !== "EPERM")) throw error;
      }
    }
  }

  /** Removes what was not put in place. */
  discard(): void {
    rmSync(this.made, { recursive: true, force: true });
  }

  private fill(): void {
    for (const name of readdirSync(this.target)) rmSync(join(this.target, name), { recursive: true, force: true });
    for (const name of readdirSync(this.made)) moveFolder(join(this.made, name), join(this.target, name));
  }
}

/** The process is part of the name, so that what a killed one left can be told from what is being made. */
function temporary(target: string): string {
  return join(dirname(target), `.${basename(target)}.${process.pid}.${randomUUID().slice(0, 8)}.tmp`);
}

function removeLeftovers(target: string): void {
  const start = `.${basename(target)}.`;
  for (const name of readdirSync(dirname(target))) {
    const found = name.startsWith(start) ? /^(\d+)\.[0-9a-f]{8}\.tmp$/.exec(name.slice(start.length)) : null;
    if (!found || isRunning(Number(found[1]))) continue;
    const path = join(dirname(target), name);
    // A process of another container has a number that nobody here knows: it needs less than an hour.
    const age = Date.now() - (lstatSync(path, { throwIfNoEntry: false })?.mtimeMs ?? Date.now());
    if (age > 3_600_000) rmSync(path, { recursive: true, force: true });
  }
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

function isThere(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false }) !== undefined;
}

/** `deps` empties its folder: that must not be one which holds the project. */
function refuseDangerous(project: Project, folder: string): void {
  const root = existsSync(project.root) ? realpathSync(project.root) : project.root;
  if (folder !== root && !root.startsWith(folder.endsWith(sep) ? folder : folder + sep)) return;
  throw new TsdbtError(
    "TD2516",
    "Runtime Error",
    `packages-install-path ('${project.packagesInstallPath}') must not hold the project itself`,
    {
      file: "dbt_project.yml",
      hint: "deps deletes this folder before it installs: use the default, dbt_packages",
    },
  );
}
