import { createHash } from "node:crypto";
import type { Flags } from "../../project/types.ts";

type Env = { readonly [name: string]: string | undefined };

/** What parsing looked at besides the project's files: names of flags and of environment variables, with digests of their values. */
export interface NotedReads {
  flags: [name: string, digest: string][];
  env: [name: string, digest: string][];
  /** A template asked for all flags at once. */
  allFlags: string | null;
}

/** Never the reason for a different manifest. */
const PASSING: ReadonlySet<string> = new Set(["invocation_id", "invocation_command", "partial_parse"]);

/** Notes which flags and variables are read. */
export class Reads {
  private readonly flags = new Map<string, string>();
  private readonly env = new Map<string, string>();
  private all: string | null = null;

  /** Flags that note who asks for them. */
  watch(flags: Flags): Flags {
    return new Proxy(flags, {
      get: (target, name) => {
        if (typeof name === "string" && !PASSING.has(name) && !this.flags.has(name))
          this.flags.set(name, digest(target[name]));
        return Reflect.get(target, name);
      },
      ownKeys: (target) => {
        this.all = allFlags(target);
        return Reflect.ownKeys(target);
      },
    });
  }

  readonly onEnvVar = (name: string, value: string | undefined): void => {
    this.env.set(name, digest(value));
  };

  noted(): NotedReads {
    return { flags: [...this.flags], env: [...this.env], allFlags: this.all };
  }
}

/** Whether everything that was read then would read the same now. */
export function readsHold(noted: NotedReads, flags: Flags, env: Env): boolean {
  return (
    noted.flags.every(([name, then]) => digest(flags[name]) === then) &&
    noted.env.every(([name, then]) => digest(Object.hasOwn(env, name) ? env[name] : undefined) === then) &&
    (noted.allFlags === null || noted.allFlags === allFlags(flags))
  );
}

/** What was read in either of two parses under the same circumstances. */
export function mergedReads(one: NotedReads, other: NotedReads): NotedReads {
  return {
    flags: [...new Map([...one.flags, ...other.flags])],
    env: [...new Map([...one.env, ...other.env])],
    allFlags: one.allFlags ?? other.allFlags,
  };
}

function allFlags(flags: Flags): string {
  const names = Object.keys(flags).filter((name) => !PASSING.has(name));
  return digest(names.sort().map((name) => [name, flags[name]]));
}

/** Values themselves are not kept: an environment variable may be private. */
function digest(value: unknown): string {
  return digestOf(value === undefined ? null : value).slice(0, 16);
}

/** A digest of data of any kind. */
export function digestOf(value: unknown): string {
  return createHash("sha256").update(JSON.stringify(value, plainly)).digest("base64");
}

function plainly(_key: string, value: unknown): unknown {
  if (typeof value === "bigint") return `${value}n`;
  if (value instanceof Map) return [...value];
  const entries = (value as { entries?: unknown } | null)?.entries;
  if (typeof entries === "function" && !Array.isArray(value)) return [...(value as Map<unknown, unknown>).entries()];
  return value;
}
