import { join } from "node:path";
import { nearest } from "../core/config/nearest.ts";
import type { Data } from "../core/jinja/runtime/values.ts";
import { type RenderText, renderData } from "./render.ts";
import { repr } from "./repr.ts";
import type { DataObject } from "./types.ts";
import { errorAt, isObject, type KeyPath, readYamlFileIfAny, type YamlFile } from "./yaml-file.ts";

const FILE_KEYS = ["selectors", "version"];
const SELECTOR_KEYS = ["name", "definition", "description", "default"];

/** selectors.yml as written, `null` where there is none. */
export function readSelectorsFile(root: string): YamlFile | null {
  return readYamlFileIfAny(join(root, "selectors.yml"), "selectors.yml");
}

/**
 * The selectors by name, rendered, in the file's order: `{ nightly: { name, definition } }`.
 * What a definition means is for `core/select`. Throws a Runtime Error where the file's shape is wrong.
 * https://docs.getdbt.com/reference/node-selection/yaml-selectors
 */
export function selectorsOf(file: YamlFile | null, render: RenderText): DataObject {
  if (!file || file.data === null || file.data === "") return {};
  const data = renderData(file, file.data, [], render);
  if (!isObject(data)) throw wrong(file, [], data, "the file must have the key `selectors:` with a list below it");
  const unknown = Object.keys(data).find((key) => !FILE_KEYS.includes(key));
  if (!Array.isArray(data.selectors)) {
    const keys = data.selectors === undefined ? (unknown === undefined ? [] : [unknown]) : ["selectors"];
    throw wrong(
      file,
      keys,
      data.selectors ?? data,
      "`selectors:` must be a list: `- name: nightly` with a `definition:`",
    );
  }
  if (unknown !== undefined) throw wrong(file, [unknown], data, keyHint(unknown, FILE_KEYS));
  const selectors: DataObject = {};
  let defaultName: string | undefined;
  for (const [i, selector] of data.selectors.entries()) {
    const keys = ["selectors", i];
    const { name, isDefault } = check(file, keys, selector);
    if (isDefault && defaultName !== undefined)
      throw errorAt(file, [...keys, "default"], {
        code: "TD2602",
        message: `Could not read selector file data: Error when parsing the selector file. Found multiple selectors with \`default: true\`:${defaultName} and ${name}`,
        hint: "only one selector can be the default",
      });
    if (isDefault) defaultName = name;
    selectors[name] = selector;
  }
  return selectors;
}

function check(file: YamlFile, keys: KeyPath, selector: Data): { name: string; isDefault: boolean } {
  if (!isObject(selector)) throw wrong(file, keys, selector, "a selector is a mapping with `name:` and `definition:`");
  const { name, definition } = selector;
  const unknown = Object.keys(selector).find((key) => !SELECTOR_KEYS.includes(key));
  if (unknown !== undefined) throw wrong(file, [...keys, unknown], selector, keyHint(unknown, SELECTOR_KEYS));
  if (typeof name !== "string")
    throw wrong(file, "name" in selector ? [...keys, "name"] : keys, selector, "give it a name: `name: nightly`");
  if (definition === undefined) throw wrong(file, keys, selector, `selector ${name} has no \`definition:\``);
  if (typeof definition !== "string" && !isObject(definition))
    throw wrong(
      file,
      [...keys, "definition"],
      selector,
      "a definition is a string such as `tag:nightly`, or a mapping of method and value, union or intersection",
    );
  if ("default" in selector && typeof selector.default !== "boolean")
    throw wrong(file, [...keys, "default"], selector, "`default:` must be true or false");
  return { name, isDefault: selector.default === true };
}

function keyHint(key: string, known: string[]): string {
  const near = nearest(key, known);
  return near ? `did you mean '${near}'?` : `known keys: ${known.join(", ")}`;
}

function wrong(file: YamlFile, keys: KeyPath, value: Data, hint: string) {
  return errorAt(file, keys, {
    code: "TD2601",
    message:
      `Could not parse selector file data: \n${repr(value)}\n` +
      "Valid root-level selector definitions: union, intersection, string, dictionary. No lists. \n" +
      "https://docs.getdbt.com/reference/node-selection/yaml-selectors",
    hint,
  });
}
