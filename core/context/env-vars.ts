import { TsdbtError } from "../errors.ts";
import { defineFunction } from "../jinja/runtime/function.ts";
import { textOf } from "../jinja/runtime/str-object.ts";
import { typeName } from "../jinja/runtime/types.ts";
import { UndefinedValue } from "../jinja/runtime/undefined.ts";
import type { PyCallable } from "../jinja/runtime/values.ts";
import { didYouMean } from "../manifest/nearest.ts";
import { raise } from "../python/support.ts";

export type Env = { readonly [name: string]: string | undefined };

/** Environment variables of this prefix are secrets. https://docs.getdbt.com/docs/build/environment-variables#handling-secrets */
export const SECRET_PREFIX = "DBT_ENV_SECRET";

const START = "$$$DBT_SECRET_START$$$";
const END = "$$$DBT_SECRET_END$$$";
const PLACEHOLDER = /\$\$\$DBT_SECRET_START\$\$\$DBT_ENV_SECRET.*\$\$\$DBT_SECRET_END\$\$\$/g;

/** What a template gets instead of a secret, so that it cannot take it apart. */
export const secretPlaceholder = (name: string): string => `${START}${name}${END}`;

/** A message for the log, in which a secret's placeholder is a mask. */
export const maskPlaceholders = (message: string): string =>
  message.includes("DBT_SECRET_START") ? message.replace(PLACEHOLDER, "*****") : message;

/** A rendered text of profiles.yml or packages.yml with the secrets themselves. */
export function revealSecrets(text: string, env: Env): string {
  const [first, ...parts] = text.split(START);
  return parts.reduce((shown, part) => {
    const end = part.indexOf(END);
    return shown + (end < 0 ? START + part : (env[part.slice(0, end)] ?? "") + part.slice(end + END.length));
  }, first!);
}

/** A message without the values of secrets. */
export function scrubSecrets(message: string, env: Env): string {
  let clean = message;
  for (const name in env) {
    const value = env[name];
    if (name.startsWith(SECRET_PREFIX) && value !== undefined && value.trim() !== "") {
      clean = clean.replaceAll(value, "*****");
    }
  }
  return clean;
}

export interface EnvVarOptions {
  env: Env;
  /** profiles.yml and packages.yml may name secrets; they get placeholders. */
  secrets?: boolean | undefined;
  /** Told of each variable that is read, and its value; `undefined` where the default was taken. Never of secrets. */
  onEnvVar?: ((name: string, value: string | undefined) => void) | undefined;
}

/** `env_var` of templates: `env_var("DBT_USER", "me")`. */
export function createEnvVar(options: EnvVarOptions): PyCallable {
  const { env, secrets, onEnvVar } = options;
  return defineFunction("env_var(var, default=None)", (given: unknown, otherwise: unknown) => {
    let name = textOf(given);
    if (given instanceof UndefinedValue) {
      given.attr("startswith");
      name = given.str();
    }
    if (name === undefined) return raise("AttributeError", `'${typeName(given)}' object has no attribute 'startswith'`);
    const isSecret = name.startsWith(SECRET_PREFIX);
    if (isSecret && !secrets) {
      throw new TsdbtError(
        "TD2330",
        "Parsing Error",
        `Secret env vars are allowed only in profiles.yml or packages.yml. Found '${name}' referenced elsewhere.`,
        { hint: `use it in profiles.yml, or give the variable a name that does not begin with ${SECRET_PREFIX}` },
      );
    }
    const value = Object.hasOwn(env, name) ? env[name] : undefined;
    if (value !== undefined) {
      if (isSecret) return secretPlaceholder(name);
      onEnvVar?.(name, value);
      return value;
    }
    if (otherwise !== null) {
      if (!isSecret) onEnvVar?.(name, undefined);
      return otherwise;
    }
    const near = didYouMean(
      name,
      Object.keys(env).filter((known) => !known.startsWith(SECRET_PREFIX)),
    );
    throw new TsdbtError("TD2331", "Parsing Error", `Env var required but not provided: '${name}'`, {
      hint: near ?? `set the environment variable ${name}, or give a default: env_var('${name}', '…')`,
    });
  });
}
