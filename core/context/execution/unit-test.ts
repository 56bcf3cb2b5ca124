import { ephemeralRelation } from "../../../adapters/relation-create.ts";
import { defineFunction, toPython } from "../../jinja/index.ts";
import { PyCallable } from "../../jinja/runtime/values.ts";
import type { Node, UnitTest } from "../../manifest/resources.ts";
import { createBaseContext } from "../base.ts";
import type { MacroReplacements } from "../macros.ts";
import { callValue } from "../shared/index.ts";
import type { ExecutionContext, Substitutes } from "./context.ts";
import type { ExecutionEnvironment } from "./environment.ts";
import { createRef, createSource } from "./refs.ts";

/** What stands in for the resources that a model under test reads: by the unique id of each, the node of its rows. */
export interface UnitTestInputs {
  byId: ReadonlyMap<string, Node>;
  /** The rows that stand for the model's own table. */
  self: Node | null;
}

/**
 * What a model sees while a unit test runs it: `ref`, `source` and `this` are the given rows; macros, vars and environment
 * variables are what `overrides` says. https://docs.getdbt.com/reference/resource-properties/unit-test-overrides
 */
export function unitTestSubstitutes(env: ExecutionEnvironment, test: UnitTest, inputs: UnitTestInputs): Substitutes {
  const overrides = (test.overrides ?? {}) as {
    [kind in "macros" | "vars" | "env_vars"]?: { [name: string]: unknown };
  };
  return {
    macros: replacements(env, overrides.macros ?? {}),
    members: (context) => members(env, context, inputs, overrides),
  };
}

function* members(
  env: ExecutionEnvironment,
  context: ExecutionContext,
  inputs: UnitTestInputs,
  overrides: { vars?: { [name: string]: unknown }; env_vars?: { [name: string]: unknown } },
): Iterable<[string, unknown]> {
  const { node } = context.subject;
  const inputOf = (id: string): Node | undefined => inputs.byId.get(id);
  const { onEphemeral, exists } = context;
  yield ["ref", createRef(env, node, { operation: false, onEphemeral, exists, inputOf })];
  yield ["source", createSource(env, node, { onEphemeral, inputOf })];
  yield ["this", inputs.self && ownTable(env, context, inputs.self)];
  const { vars, env_vars: envVars } = overrides;
  if (vars && Object.keys(vars).length > 0) {
    const cliVars = { ...env.config.cliVars, ...vars } as ExecutionEnvironment["config"]["cliVars"];
    const base = createBaseContext({
      config: env.config,
      packageName: node.package_name,
      nodeName: node.name,
      flags: env.shared.flags,
      cliVars,
    });
    yield ["var", base.get("var")];
  }
  if (envVars && Object.keys(envVars).length > 0) {
    const real = context.base.get("env_var");
    yield [
      "env_var",
      defineFunction("env_var(var, default=None)", (name: unknown, otherwise: unknown) =>
        typeof name === "string" && Object.hasOwn(envVars, name)
          ? toPython(envVars[name])
          : callValue(real, [name, otherwise], undefined),
      ),
    ];
  }
}

/** The name of the CTE of the model's own rows. */
function ownTable(env: ExecutionEnvironment, context: ExecutionContext, self: Node): string {
  context.onEphemeral(self);
  return ephemeralRelation(env.adapter.relationClass, self.alias).identifier as string;
}

/** `overrides: macros:` by name and by `package.name`; one of `dbt`'s counts under both. What is no macro becomes the value itself. */
function replacements(env: ExecutionEnvironment, macros: { [name: string]: unknown }): MacroReplacements {
  const byName = new Map<string, unknown>();
  const byPackage = new Map<string, Map<string, unknown>>();
  const inPackage = (packageName: string, name: string, value: unknown): void => {
    const known = byPackage.get(packageName) ?? new Map<string, unknown>();
    byPackage.set(packageName, known.set(name, value));
  };
  const entries = Object.entries(macros).map(([written, value]) => {
    const parts = written.split(".");
    const name = parts.at(-1) as string;
    return { packageName: parts.length === 2 ? (parts[0] as string) : null, name, value: standIn(env, name, value) };
  });
  for (const { packageName, name, value } of entries) {
    if (packageName === null) continue;
    inPackage(packageName, name, value);
    if (packageName === "dbt") byName.set(name, value);
  }
  for (const { packageName, name, value } of entries) {
    if (packageName !== null) continue;
    byName.set(name, value);
    if (env.macros.internals().has(name)) inPackage("dbt", name, value);
  }
  return { byName, byPackage };
}

function standIn(env: ExecutionEnvironment, name: string, value: unknown): unknown {
  return env.macros.findByName(name) ? new PyCallable(name, () => toPython(value)) : toPython(value);
}
