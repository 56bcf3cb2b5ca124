import { createBaseContext } from "../core/context/base.ts";
import { revealSecrets } from "../core/context/env-vars.ts";
import { createTarget, NoTarget } from "../core/context/shared/target.ts";
import { Environment } from "../core/jinja/environment.ts";
import { MacroReturn, toData, UndefinedValue } from "../core/jinja/index.ts";
import type { RenderContext, RenderText } from "./render.ts";

const environment = new Environment({ blocks: true });

/**
 * A renderer with the template engine and dbt's base context: an expression that is the whole text gives its value,
 * `"{{ 4 | as_number }}"` is 4.
 */
export function createRenderText({ cliVars, env, profile, secrets, lenientVars }: RenderContext): RenderText {
  const base = createBaseContext({ cliVars, env, secrets, lenientVars });
  const target = secrets ? undefined : profile ? createTarget({ profile }) : new NoTarget();
  const scope = { get: (name: string) => (name === "target" ? target : base.get(name)) };
  return (text) => {
    const value = withReturn(() => environment.compile(text).renderNative(scope));
    if (secrets && typeof value === "string") return revealSecrets(value, env);
    // A name that nobody knows, used for nothing: dbt passes it on, where it counts as not set.
    return value instanceof UndefinedValue ? null : toData(value);
  };
}

function withReturn(render: () => unknown): unknown {
  try {
    return render();
  } catch (error) {
    if (error instanceof MacroReturn) return error.value;
    throw error;
  }
}
