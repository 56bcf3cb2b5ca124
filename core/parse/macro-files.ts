import type { SourceFile } from "../../project/files.ts";
import type { Project } from "../../project/types.ts";
import type { RegisteredMacro } from "../context/macros.ts";
import { TsdbtError } from "../errors.ts";
import { type MacroDefinition, parseMacroAt, parseMacroFile } from "../jinja/index.ts";
import { normalizeNewlines } from "../jinja/lexer.ts";
import type { MacroResource } from "../manifest/resources.ts";
import { type IndexedMacro, indexedMacros } from "./builtin-index.ts";
import { unexpectedBlocks } from "./deprecations.ts";
import { fileProblem, placeInFile } from "./errors.ts";
import { behaviour, type ParseState } from "./state.ts";

/** What is known of a macro before its text is parsed. */
type KnownMacro = Pick<MacroDefinition, "kind" | "name" | "args" | "source" | "span" | "supportedLanguages">;

/** The macros, materializations and generic tests of a file. @throws TsdbtError */
export function parseMacros(state: ParseState, file: SourceFile, project: Project): void {
  if (!file.contents.includes("{%")) return;
  const indexed = project.builtin ? indexedMacros(file.contents) : undefined;
  if (indexed) {
    addIndexed(state, file, project, indexed);
    return;
  }
  const options = file.kind === "generic_test" ? {} : { onUnexpected: unexpectedBlocks(state, file.path) };
  let definitions: MacroDefinition[];
  try {
    definitions = parseMacroFile(file.contents, file.path, options);
  } catch (error) {
    throw fileProblem(file, error, "TD4110");
  }
  for (const definition of definitions) {
    if (file.kind === "generic_test" && definition.kind !== "test") continue;
    add(state, file, project, definition, () => definition);
  }
}

/** The macros of a built-in file out of the index that the build made; each is parsed when it is first called. */
function addIndexed(state: ParseState, file: SourceFile, project: Project, indexed: readonly IndexedMacro[]): void {
  const text = normalizeNewlines(file.contents);
  for (const known of indexed) {
    let definition: MacroDefinition | undefined;
    const source = text.slice(known.start, known.end);
    const macro = add(state, file, project, { ...known, source, supportedLanguages: known.supportedLanguages }, () => {
      definition ??= parseMacroAt(text, known, file.path);
      return definition;
    });
    state.analysis.know(macro, known.uses);
  }
}

function add(
  state: ParseState,
  file: SourceFile,
  project: Project,
  known: KnownMacro,
  definition: () => MacroDefinition,
): RegisteredMacro {
  const { manifest, macros } = state;
  const macro = { resource: resourceOf(state, file, project, known), definition };
  const same = manifest.macros.get(macro.resource.unique_id);
  if (same) throw duplicateMacro(file, known, same);
  manifest.macros.set(macro.resource.unique_id, macro.resource);
  macros.add(macro);
  return macro;
}

function resourceOf(state: ParseState, file: SourceFile, project: Project, definition: KnownMacro): MacroResource {
  const { name } = definition;
  const withArguments = file.kind !== "generic_test" && behaviour(state.config, "validate_macro_args");
  const isBuiltInTest = project.builtin && definition.kind === "test";
  const resource: MacroResource = {
    name,
    resource_type: "macro",
    package_name: project.name,
    path: file.path,
    original_file_path: file.path,
    unique_id: `macro.${project.name}.${name}`,
    macro_sql: definition.source,
    depends_on: { macros: [] },
    description: "",
    meta: {},
    docs: { show: true, node_color: null },
    config: { meta: {}, docs: { show: true, node_color: null } },
    patch_path: null,
    arguments:
      withArguments && !isBuiltInTest
        ? definition.args.map((arg) => ({ name: arg.name, type: null, description: "" }))
        : [],
    created_at: state.createdAt,
    supported_languages: definition.supportedLanguages ?? null,
  };
  resource.$origin = { $root: `${project.name}://${file.path}`, $line: definition.span.line };
  return resource;
}

function duplicateMacro(file: SourceFile, definition: KnownMacro, known: MacroResource): TsdbtError {
  return new TsdbtError(
    "TD4603",
    "Compilation Error",
    `dbt found multiple macros named "${definition.name}" in the project "${known.package_name}".\n` +
      "All macros require unique names, to fix this error rename or remove any duplicates.\n" +
      `  - ${file.path}\n  - ${known.original_file_path}`,
    placeInFile(file, definition.span),
  );
}
