import { TsdbtError } from "../core/errors.ts";
import { Environment } from "../core/jinja/environment.ts";
import { defineFunction, toData, toPython, UndefinedValue } from "../core/jinja/index.ts";
import type { RenderContext, RenderText } from "./render.ts";
import { dumpSorted } from "./repr.ts";
import { placeholder, SECRET_PREFIX } from "./secrets.ts";
import { DBT_VERSION } from "./version.ts";

/** A renderer with the template engine: an expression that is the whole text gives its value, `"{{ 4 | as_number }}"` is 4. */
export function createRenderText(context: RenderContext): RenderText {
  const environment = new Environment({ blocks: true });
  const names = new Map<string, unknown>([
    ["env_var", envVar(context)],
    ["dbt_version", DBT_VERSION],
  ]);
  names.set("var", variable(context, environment, names));
  if (context.target) names.set("target", toPython(context.target));
  return (text) => {
    const value = environment.compile(text).renderNative(names);
    // A name that nobody knows, used for nothing: dbt passes it on, where it counts as not set.
    return value instanceof UndefinedValue ? null : toData(value);
  };
}

/** https://docs.getdbt.com/reference/dbt-jinja-functions/env_var */
function envVar({ env, secrets }: RenderContext) {
  return defineFunction("env_var(var, default=None)", (name: unknown, fallback: unknown) => {
    const variable = String(name);
    const secret = variable.startsWith(SECRET_PREFIX);
    if (secret && !secrets)
      throw new TsdbtError(
        "TD2330",
        "Parsing Error",
        `Secret env vars are allowed only in profiles.yml or packages.yml. Found '${variable}' referenced elsewhere.`,
        { hint: `use it in profiles.yml, or give the variable a name that does not begin with ${SECRET_PREFIX}` },
      );
    const value = env[variable];
    if (value !== undefined) return secret ? placeholder(variable) : value;
    if (fallback !== null && fallback !== undefined) return fallback;
    throw new TsdbtError("TD2331", "Parsing Error", `Env var required but not provided: '${variable}'`);
  });
}

/** https://docs.getdbt.com/reference/dbt-jinja-functions/var */
function variable({ cliVars, lenientVars }: RenderContext, environment: Environment, names: Map<string, unknown>) {
  return defineFunction("var(var_name, default=...)", (name: unknown, fallback: unknown) => {
    const variable = String(name);
    if (Object.hasOwn(cliVars, variable)) {
      const value = cliVars[variable]!;
      return typeof value === "string" ? environment.compile(value).render(names) : toPython(value);
    }
    if (fallback !== undefined) return fallback;
    if (lenientVars) return null;
    throw new TsdbtError(
      "TD2332",
      "Compilation Error",
      `Required var '${variable}' not found in config:\nVars supplied to <Configuration> = ${dumpSorted(cliVars)}`,
    );
  });
}
