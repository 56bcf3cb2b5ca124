import type { SourceFile } from "../../project/files.ts";
import type { Project } from "../../project/types.ts";
import type { RegisteredMacro } from "../context/macros.ts";
import { TsdbtError } from "../errors.ts";
import { type MacroDefinition, parseMacroFile } from "../jinja/index.ts";
import type { MacroResource } from "../manifest/resources.ts";
import { fileProblem, placeInFile } from "./errors.ts";
import { behaviour, type ParseState } from "./state.ts";

/** The macros, materializations and generic tests of a file. @throws TsdbtError */
export function parseMacros(state: ParseState, file: SourceFile, project: Project): void {
  if (!file.contents.includes("{%")) return;
  let definitions: MacroDefinition[];
  try {
    definitions = parseMacroFile(file.contents, file.path);
  } catch (error) {
    throw fileProblem(file, error, "TD4110");
  }
  const { manifest, macros } = state;
  for (const definition of definitions) {
    if (file.kind === "generic_test" && definition.kind !== "test") continue;
    const macro = registered(state, file, project, definition);
    const known = manifest.macros.get(macro.resource.unique_id);
    if (known) throw duplicateMacro(file, definition, known);
    manifest.macros.set(macro.resource.unique_id, macro.resource);
    macros.add(macro);
  }
}

function registered(
  state: ParseState,
  file: SourceFile,
  project: Project,
  definition: MacroDefinition,
): RegisteredMacro {
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
  return { resource, definition: () => definition };
}

function duplicateMacro(file: SourceFile, definition: MacroDefinition, known: MacroResource): TsdbtError {
  return new TsdbtError(
    "TD4603",
    "Compilation Error",
    `dbt found multiple macros named "${definition.name}" in the project "${known.package_name}".\n` +
      "All macros require unique names, to fix this error rename or remove any duplicates.\n" +
      `  - ${file.path}\n  - ${known.original_file_path}`,
    placeInFile(file, definition.span),
  );
}
