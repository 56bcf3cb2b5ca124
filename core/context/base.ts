import type { RuntimeConfig } from "../../project/types.ts";
import type { NewEvent } from "../events/event.ts";
import { Environment } from "../jinja/environment.ts";
import { defineFunction } from "../jinja/runtime/function.ts";
import { pyStr } from "../jinja/runtime/repr.ts";
import { pyTruth } from "../jinja/runtime/truth.ts";
import { HostObject, type Scope, Tuple } from "../jinja/runtime/values.ts";
import { PyDateTime } from "../python/datetime/datetime.ts";
import { UTC } from "../python/pytz/zone.ts";
import { BASE_FUNCTIONS } from "./base-functions.ts";
import { createEnvVar, type Env, maskPlaceholders, scrubSecrets } from "./env-vars.ts";
import { pythonModules } from "./modules/index.ts";
import { FlagsObject } from "./shared/flags.ts";
import { projectVars, VarFunction, type Vars } from "./vars.ts";

/** The dbt that templates are told they run under. */
export const DBT_VERSION = "1.12.6";

export interface BaseContextOptions {
  /** Gives vars, environment, flags, invocation and start unless they are given by themselves. */
  config?: RuntimeConfig | undefined;
  /** Whose vars count besides the root project's. */
  packageName?: string | undefined;
  /** The vars of the project; those of the command line go before them. */
  vars?: Vars | undefined;
  cliVars?: Vars | undefined;
  env?: Env | undefined;
  flags?: HostObject | undefined;
  invocationId?: string | undefined;
  runStartedAt?: Date | undefined;
  threadId?: string | undefined;
  dbtVersion?: string | undefined;
  /** The node's name, for the message about a missing var. */
  nodeName?: string | undefined;
  /** A var that nobody set is None instead of an error. */
  lenientVars?: boolean | undefined;
  /** Render Jinja in the texts of vars, as for nodes; properties files see them as written. */
  renderVars?: boolean | undefined;
  /** How that Jinja is rendered where it sees more than the base context. */
  renderVar?: ((text: string) => unknown) | undefined;
  /** Secrets may be named, as in profiles.yml and packages.yml. */
  secrets?: boolean | undefined;
  log?: ((message: string, info: boolean) => void) | undefined;
  print?: ((message: string) => void) | undefined;
  onDeprecated?: ((event: NewEvent) => void) | undefined;
  onVar?: ((name: string) => void) | undefined;
  onEnvVar?: ((name: string, value: string | undefined) => void) | undefined;
}

type Maker = (context: BaseContext) => unknown;

/**
 * What every template of dbt sees: `var`, `env_var`, `return`, `tojson`, `modules`, `log` and the rest.
 * https://docs.getdbt.com/reference/dbt-jinja-functions
 *
 *     const scope = createBaseContext({ cliVars: { a: 1 }, env: process.env, log: (message) => … });
 *     scope.get("var");
 *
 * Each value is made when it is first asked for.
 */
export function createBaseContext(options: BaseContextOptions): BaseContext {
  return new BaseContext(options);
}

/** A scope of dbt's base context. */
export class BaseContext implements Scope {
  readonly options: BaseContextOptions;
  private readonly made = new Map<string, unknown>();

  constructor(options: BaseContextOptions) {
    this.options = options;
  }
  get(name: string): unknown {
    let value = this.made.get(name);
    if (value === undefined) {
      const maker = MEMBERS.get(name);
      if (!maker) return undefined;
      value = maker(this);
      this.made.set(name, value);
    }
    return value;
  }
  has(name: string): boolean {
    return MEMBERS.has(name);
  }
  names(): Iterable<string> {
    return MEMBERS.keys();
  }
  get env(): Env {
    return this.options.env ?? this.options.config?.env ?? {};
  }
}

/** `context` and `builtins`: the names of a scope as a dict. */
class ScopeDict extends HostObject {
  readonly typeName = "dict";
  readonly isMapping = true;
  private readonly scope: BaseContext;
  private readonly names: readonly string[];
  constructor(scope: BaseContext, without: readonly string[] = []) {
    super();
    this.scope = scope;
    this.names = [...scope.names()].filter((name) => !without.includes(name));
  }
  override attr(name: string): unknown {
    if (name === "get") {
      return defineFunction(
        "get(key, default=None)",
        (key: unknown, otherwise: unknown) => this.item(key) ?? otherwise,
      );
    }
    const listed: Readonly<Record<string, () => unknown[]>> = {
      keys: () => [...this.names],
      values: () => this.names.map((key) => this.scope.get(key)),
      items: () => this.names.map((key) => new Tuple([key, this.scope.get(key)])),
    };
    return Object.hasOwn(listed, name) ? defineFunction(`${name}()`, listed[name]!) : undefined;
  }
  override item(key: unknown): unknown {
    return this.contains(key) ? this.scope.get(key as string) : undefined;
  }
  override contains(item: unknown): boolean {
    return typeof item === "string" && this.names.includes(item);
  }
  override iterate(): Iterable<unknown> {
    return this.names;
  }
  override length(): number {
    return this.names.length;
  }
}

function varFunction(context: BaseContext): VarFunction {
  const { config, packageName, cliVars, vars, nodeName, lenientVars, renderVars, renderVar, onVar } = context.options;
  const layers: Vars[] = [cliVars ?? config?.cliVars ?? {}];
  if (vars) layers.push(vars);
  if (config) {
    const name = packageName ?? config.project.name;
    layers.push(projectVars(config.project.vars, name));
    const local = name === config.project.name ? undefined : config.packages.get(name);
    if (local) layers.push(projectVars(local.vars, name));
  }
  const render = (text: string): unknown => {
    environment ??= new Environment({ blocks: true });
    return environment.compile(text).render(context);
  };
  return new VarFunction({
    layers,
    owner: nodeName,
    lenient: lenientVars,
    render: renderVars === false ? undefined : (renderVar ?? render),
    onVar,
    scrub: (message) => scrubSecrets(message, context.env),
  });
}

let environment: Environment | undefined;

function startedAt({ options }: BaseContext): PyDateTime | null {
  const date = options.runStartedAt ?? options.config?.startedAt;
  if (!date) return null;
  const millis = date.getTime();
  return PyDateTime.ofEpoch(Math.floor(millis / 1000), Math.round((((millis % 1000) + 1000) % 1000) * 1000), UTC);
}

const MEMBERS: ReadonlyMap<string, Maker> = new Map<string, Maker>([
  ["dbt_version", ({ options }) => options.dbtVersion ?? DBT_VERSION],
  ["var", varFunction],
  ["env_var", ({ env, options }) => createEnvVar({ env, secrets: options.secrets, onEnvVar: options.onEnvVar })],
  ...[...BASE_FUNCTIONS].map(([name, make]): [string, Maker] => [name, make]),
  [
    "log",
    ({ options }) =>
      defineFunction("log(msg, info=False)", (message: unknown, info: unknown) => {
        options.log?.(maskPlaceholders(pyStr(message)), pyTruth(info));
        return "";
      }),
  ],
  [
    "print",
    ({ options }) =>
      defineFunction("print(msg)", (message: unknown) => {
        if (options.config?.flags.print !== false) options.print?.(pyStr(message));
        return "";
      }),
  ],
  ["run_started_at", startedAt],
  ["invocation_id", ({ options }) => options.invocationId ?? options.config?.invocationId ?? null],
  ["thread_id", ({ options }) => options.threadId ?? "MainThread"],
  ["modules", ({ options }) => pythonModules(options.onDeprecated)],
  ["flags", ({ options }) => options.flags ?? (options.config ? new FlagsObject(options.config.flags) : null)],
  ["context", (context) => new ScopeDict(context)],
  ["builtins", (context) => new ScopeDict(context, ["context", "builtins"])],
]);
