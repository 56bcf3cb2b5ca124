import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { TsdbtError } from "../../core/errors.ts";
import type { EventBus, Level } from "../../core/events/event.ts";
import { deprecation, warning } from "../../core/events/messages/general.ts";
import { envScrubber } from "../../core/events/scrub.ts";
import { readRawProject } from "../dbt-project.ts";
import { packageEntries, readPackagesFiles } from "../packages-file.ts";
import { rendererFor } from "../render.ts";
import type { DataObject, Flags, Project } from "../types.ts";
import { placeOf } from "../yaml-file.ts";
import type { Metadata } from "./kinds.ts";

export type Env = { readonly [name: string]: string | undefined };

/** What one run of `deps` knows: where it says things, what it must not say, and where it puts what it fetches. */
export class DepsSession {
  readonly project: Project;
  readonly flags: Flags;
  readonly env: Env;
  readonly cliVars: DataObject;
  readonly signal: AbortSignal | undefined;
  private readonly events: EventBus;
  private readonly scrubEnv: (text: string) => string;
  private readonly secrets = new Set<string>();
  private readonly warned = new Set<string>();
  private folder: string | undefined;
  /** What each clone's folder holds: the revision asked for, and the commit that is. */
  readonly clones = new Map<string, { revision: string; commit: Promise<string> }>();
  /** Answers of the hub, and the archives that were fetched. */
  readonly asked = new Map<string, Promise<unknown>>();

  constructor(given: {
    project: Project;
    flags: Flags;
    env: Env;
    cliVars: DataObject;
    events: EventBus;
    signal?: AbortSignal | undefined;
  }) {
    this.project = given.project;
    this.flags = given.flags;
    this.env = given.env;
    this.cliVars = given.cliVars;
    this.signal = given.signal;
    this.events = given.events;
    this.scrubEnv = envScrubber(given.env);
  }

  /** Says something of dbt's list of events. */
  say(name: string, code: string, message: string, data: DataObject = {}, level: Level = "info"): void {
    const shown = JSON.parse(this.hide(JSON.stringify(data))) as DataObject;
    this.events.emit({ name, code, level, message: this.hide(message), data: shown });
  }

  /** Says something for `--debug` and the log file. */
  debug(name: string, code: string, message: string, data: DataObject = {}): void {
    this.say(name, code, message, data, "debug");
  }

  /** A warning that `--warn-error` makes an error. */
  warn(name: string, code: string, message: string, data: DataObject = {}): void {
    const shown = JSON.parse(this.hide(JSON.stringify(data))) as DataObject;
    this.events.emit({ ...warning(this.hide(message)), name, code, data: shown });
  }

  /** As {@link warn}, once for each message. */
  warnOnce(name: string, code: string, message: string, data: DataObject = {}): void {
    if (this.warned.has(message)) return;
    this.warned.add(message);
    this.warn(name, code, message, data);
  }

  /** Says that an address in package-lock.yml is not whole. */
  warnOfScrubbed(address: string): void {
    const text =
      `Detected secret env var in ${address}. dbt will write a scrubbed representation to the lock file. This will cause issues ` +
      "with subsequent 'dbt deps' using the lock file, requiring 'dbt deps --upgrade'";
    this.warnOnce("DepsScrubbedPackageName", "M035", text, { package_name: address });
  }

  deprecated(name: string, code: string, message: string): void {
    this.events.emit(deprecation(name, code, message, { named: false }));
  }

  /** Keeps a text off the screen and out of the log. */
  keepSecret(text: string): void {
    if (text.trim() !== "") this.secrets.add(text);
  }

  /** Keeps the password of an address off the screen and out of the log. */
  keepAddressSecret(address: string): void {
    const found = /^[a-z][a-z0-9+.-]*:\/\/([^/?#]*)@/i.exec(address);
    if (!found) return;
    const [user, ...password] = found[1]!.split(":");
    // An address with one part holds a token, but for ssh, where it is the user.
    this.keepSecret(password.length > 0 ? password.join(":") : /^https?:/i.test(address) ? user! : "");
  }

  hide(text: string): string {
    let hidden = this.scrubEnv(text);
    for (const secret of this.secrets) hidden = hidden.replaceAll(secret, "*****");
    return hidden;
  }

  /** The text without the values of DBT_ENV_SECRET_ variables alone, as package-lock.yml has it. */
  scrubbed(text: string): string {
    return this.scrubEnv(text);
  }

  /** A folder of this run's own for downloads, below DBT_DOWNLOADS_DIR if that is set. */
  downloads(): string {
    if (this.folder === undefined) {
      const parent = this.env.DBT_DOWNLOADS_DIR || tmpdir();
      mkdirSync(parent, { recursive: true });
      this.folder = mkdtempSync(join(parent, "dbt-downloads-"));
      this.debug("DepsSetDownloadDirectory", "M028", `Set downloads directory='${this.folder}'`, { path: this.folder });
    }
    return this.folder;
  }

  /** Removes what was downloaded and not installed. */
  close(): void {
    if (this.folder !== undefined) rmSync(this.folder, { recursive: true, force: true });
  }

  /** Name and packages of a package's folder. */
  async metadataOf(folder: string): Promise<Metadata> {
    const raw = readRawProject(folder, this.project.root);
    if (raw.name === null)
      throw new TsdbtError("TD2511", "Runtime Error", "Package defined in dbt_project.yml must have a name!", {
        ...placeOf(raw.file, ["name"]),
        hint: "add a line such as `name: my_package`",
      });
    const files = readPackagesFiles(folder, this.project.root);
    const render = await this.rendererFor(files.file?.text);
    return { name: raw.name, entries: packageEntries(files, render, { always: true }).entries };
  }

  /** Renders a file of packages: secrets may be named in it. */
  async rendererFor(text: string | undefined) {
    return rendererFor([text], { cliVars: this.cliVars, env: this.env, secrets: true });
  }
}
