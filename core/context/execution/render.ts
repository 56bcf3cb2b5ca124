import { Environment, type Template } from "../../jinja/index.ts";
import type { Scope } from "../../jinja/runtime/values.ts";

const environment = new Environment({ blocks: true });
const JINJA = /\{[{%#]|[#}%]\}/;
/** Short templates come again and again: the code and arguments of generic tests. */
const SHORT = 200;
const KEPT = 5000;
const compiled = new Map<string, Template>();

/** Renders a template against the warehouse; text without Jinja is its own answer. */
export async function renderTemplate(source: string, file: string, scope: Scope): Promise<string> {
  if (!JINJA.test(source)) return source;
  return template(source, file).renderAsync(scope);
}

/** The Python value that a template stands for: `"{{ [1, 2] }}"` is a list, `"1"` the number. */
export async function renderNative(source: string, file: string, scope: Scope): Promise<unknown> {
  return template(source, file).renderNativeAsync(scope);
}

function template(source: string, file: string): Template {
  if (source.length > SHORT) return environment.compile(source, { name: file });
  const key = `${file}\0${source}`;
  let known = compiled.get(key);
  if (!known) {
    known = environment.compile(source, { name: file });
    if (compiled.size >= KEPT) compiled.clear();
    compiled.set(key, known);
  }
  return known;
}
