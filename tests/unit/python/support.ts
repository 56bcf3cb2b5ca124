import { createBaseContext } from "../../../core/context/base.ts";
import { Environment } from "../../../core/jinja/index.ts";
import { PyDecimal } from "../../../core/python/index.ts";

const environment = new Environment({ blocks: true });

/** Renders an expression with dbt's base context and `d`, which makes decimals of their texts. */
export function render(expression: string, more: Readonly<Record<string, unknown>> = {}): string {
  const base = createBaseContext({});
  const decimals = new Map(
    ["1.5", "2.0", "-0.05", "10", "1E+3", "NaN", "0"].map((text) => [text, PyDecimal.parse(text)]),
  );
  const scope = {
    get: (name: string): unknown => {
      if (name in more) return more[name];
      return name.startsWith("d_") ? decimals.get(name.slice(2).replace("_", ".").replace("m", "-")) : base.get(name);
    },
  };
  return environment.compile(`{{ ${expression} }}`).render(scope);
}
