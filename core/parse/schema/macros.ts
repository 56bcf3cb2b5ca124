import { didYouMean } from "../../manifest/nearest.ts";
import type { JsonObject, MacroResource } from "../../manifest/resources.ts";
import { isDict } from "../config/index.ts";
import { behaviour, type ParseState } from "../state.ts";
import { type Entry, readingEntry } from "./entries.ts";

/** Describes a macro. https://docs.getdbt.com/reference/macro-properties */
export function patchMacro(state: ParseState, entry: Entry): void {
  const { shape, schema, name } = entry;
  const { packageName, path } = schema.file;
  const patch = readingEntry(entry, () => ({
    description: shape.string("description", ""),
    meta: shape.dict("meta"),
    docs: shape.optionalDict("docs"),
    config: shape.dict("config"),
    arguments: shape.shapes("arguments").map((arg) => ({
      name: arg.required("name"),
      type: arg.optionalString("type"),
      description: arg.string("description", ""),
    })),
  }));
  const macro = state.manifest.macros.get(`macro.${packageName}.${name}`);
  if (!macro) {
    const near = didYouMean(name, state.macros.ofPackage(packageName)?.keys() ?? []);
    const message = `Found patch for macro "${name}" which was not found`;
    state.warnings.warn("MacroNotFoundForPatch", "I059", near ? `${message} (${near})` : message, { patch_name: name });
    return;
  }
  if (macro.patch_path !== null) {
    const other = macro.patch_path.slice(macro.patch_path.indexOf("://") + 3);
    const fix =
      other === path
        ? `remove one of the macros entries for ${name} in this file:\n - ${path}\n`
        : `remove the macros entry for ${name} in one of these files:\n - ${path}\n${other}`;
    throw schema.error(
      "TD4605",
      "Compilation Error",
      `dbt found two schema.yml entries for the same macro in package ${packageName} named ${name}. Macros may only be ` +
        `described a single time. To fix this, ${fix}`,
      [...shape.path, "name"],
    );
  }
  macro.patch_path = schema.id;
  macro.description = patch.description;
  const configMeta = isDict(patch.config.meta) ? patch.config.meta : {};
  macro.meta = { ...patch.meta, ...configMeta } as JsonObject;
  const docs = isDict(patch.config.docs) ? patch.config.docs : (patch.docs ?? {});
  macro.docs = { show: docs.show !== false, node_color: (docs.node_color as string | undefined) ?? null };
  macro.config = { meta: macro.meta, docs: { ...macro.docs } };
  if (behaviour(state.config, "validate_macro_args")) {
    checkArguments(state, macro, patch.arguments);
    if (patch.arguments.length > 0) macro.arguments = patch.arguments;
  } else macro.arguments = patch.arguments;
}

function checkArguments(state: ParseState, macro: MacroResource, given: MacroResource["arguments"]): void {
  if (given.length === 0) return;
  const warn = (message: string) =>
    state.warnings.warn("InvalidMacroAnnotation", "I076", message, {
      msg: message,
      macro_unique_id: macro.unique_id,
      macro_file_path: macro.original_file_path,
    });
  for (let i = 0; i < Math.min(given.length, macro.arguments.length); i++) {
    if (given[i]!.name !== macro.arguments[i]!.name)
      warn(`Argument ${given[i]!.name} in yaml for macro ${macro.name} does not match the jinja definition.`);
  }
  if (given.length !== macro.arguments.length)
    warn(`The number of arguments in the yaml for macro ${macro.name} does not match the jinja definition.`);
  for (const { name, type } of given) {
    if (type !== null && type.trim() !== "" && !isType(type))
      warn(`Argument ${name} in the yaml for macro ${macro.name} has an invalid type.`);
  }
}

/** How many parameters each type takes: `list[str]`, `dict[str, int]`. */
const TYPES: { [name: string]: number } = {
  str: 0,
  string: 0,
  bool: 0,
  int: 0,
  integer: 0,
  float: 0,
  any: 0,
  list: 1,
  dict: 2,
  optional: 1,
  relation: 0,
  column: 0,
};

function isType(text: string): boolean {
  return afterType(text.replace(/[ \t]/g, "")) === "";
}

/** What follows the type a text begins with; `undefined` when it begins with none. */
function afterType(text: string): string | undefined {
  const name = /^[a-z]+/.exec(text)?.[0];
  if (name === undefined || !Object.hasOwn(TYPES, name)) return undefined;
  const parameters = TYPES[name]!;
  let rest: string | undefined = text.slice(name.length);
  if (parameters === 0) return rest;
  for (let i = 0; i < parameters; i++) {
    if (!rest?.startsWith(i === 0 ? "[" : ",")) return undefined;
    rest = afterType(rest.slice(1));
  }
  return rest?.startsWith("]") ? rest.slice(1) : undefined;
}
