import type { SourceFile } from "../../project/files.ts";
import { strip } from "../../project/text.ts";
import type { Described } from "../context/shared/index.ts";
import { TsdbtError } from "../errors.ts";
import type * as ast from "../jinja/ast.ts";
import { extractBlocks } from "../jinja/index.ts";
import { didYouMean } from "../manifest/nearest.ts";
import type { ColumnInfo, DocBlock, Node, SourceDefinition } from "../manifest/resources.ts";
import { duplicateResource } from "./duplicates.ts";
import { fileProblem } from "./errors.ts";
import type { ParseState } from "./state.ts";

/** The docs blocks of a Markdown file. https://docs.getdbt.com/docs/build/documentation#using-docs-blocks */
export function parseDocs(state: ParseState, file: SourceFile): void {
  if (!file.contents.includes("{%")) return;
  let blocks: ReturnType<typeof extractBlocks>;
  try {
    blocks = extractBlocks(file.contents, ["docs"]);
  } catch (error) {
    throw fileProblem(file, error, "TD4570");
  }
  for (const block of blocks) {
    const name = block.blockName ?? "";
    const doc: DocBlock = {
      name,
      resource_type: "doc",
      package_name: file.packageName,
      path: file.relativePath,
      original_file_path: file.path,
      unique_id: `doc.${file.packageName}.${name}`,
      block_contents: strip(state.templates.docsBlock(block.contents, file.path)),
    };
    const known = state.manifest.docs.get(doc.unique_id);
    if (known) throw duplicateResource(state, doc, known);
    state.manifest.docs.set(doc.unique_id, doc);
  }
}

const JINJA = /\{[{%#]|[#}%]\}/;

/** Renders every description, once all docs blocks are known. @throws TsdbtError where a block is missing */
export function renderDescriptions(state: ParseState): void {
  const { manifest } = state;
  for (const node of manifest.nodes.values()) describeNode(state, node);
  for (const source of manifest.sources.values()) describeSource(state, source);
  for (const macro of manifest.macros.values()) {
    if (macro.patch_path === null) continue;
    macro.description = render(state, macro, macro.description);
    for (const arg of macro.arguments) arg.description = render(state, macro, arg.description);
  }
  for (const exposure of manifest.exposures.values())
    exposure.description = render(state, exposure, exposure.description);
  for (const metric of manifest.metrics.values()) describePart(state, metric, metric);
  for (const model of manifest.semantic_models.values()) {
    describePart(state, model, model);
    for (const key of ["dimensions", "measures", "entities"])
      for (const part of (model[key] as { description?: string }[] | undefined) ?? []) describePart(state, model, part);
  }
  for (const query of manifest.saved_queries.values()) describePart(state, query, query);
}

function describePart(
  state: ParseState,
  owner: Described & { package_name: string },
  part: { [key: string]: unknown } | object,
): void {
  const holder = part as { description?: unknown };
  if (typeof holder.description === "string") holder.description = render(state, owner, holder.description);
}

function describeNode(state: ParseState, node: Node): void {
  if (JINJA.test(node.description)) {
    node.doc_blocks = blocksOf(state, node.description, node.package_name);
    node.description = render(state, node, node.description);
  }
  describeColumns(state, node, node.columns);
}

function describeSource(state: ParseState, source: SourceDefinition): void {
  if (JINJA.test(source.description)) {
    source.doc_blocks = blocksOf(state, source.description, source.package_name);
    source.description = render(state, source, source.description);
  }
  source.source_description = render(state, source, source.source_description);
  describeColumns(state, source, source.columns);
}

function describeColumns(
  state: ParseState,
  owner: Node | SourceDefinition,
  columns: { [name: string]: ColumnInfo },
): void {
  for (const name in columns) {
    const column = columns[name]!;
    if (!JINJA.test(column.description)) continue;
    column.doc_blocks = blocksOf(state, column.description, owner.package_name);
    column.description = render(state, owner, column.description);
  }
}

type Owner = Described & { package_name: string };

function render(state: ParseState, owner: Owner, text: string): string {
  if (!JINJA.test(text)) return text;
  // A description stands in the properties file, not in the node's own.
  const patched = (owner as { patch_path?: string | null }).patch_path?.replace(/^[^:]*:\/\//, "");
  const told = patched ? { ...owner, original_file_path: patched } : owner;
  return state.templates.description(text, told, (args) => findDoc(state, owner, args));
}

function findDoc(state: ParseState, owner: Owner, args: string[]): DocBlock {
  if (args.length < 1 || args.length > 2) {
    const message = `doc() takes at most two arguments (${args.length} given)`;
    throw new TsdbtError("TD4571", "Compilation Error", message, { nodeId: owner.unique_id });
  }
  const [name, packageName] = args.length === 1 ? [args[0]!, null] : [args[1]!, args[0]!];
  const doc = state.lookups.resolveDoc(name, packageName, owner.package_name);
  if (doc) return doc;
  const where = packageName === null ? "" : `in package '${packageName}' `;
  const hint =
    didYouMean(name, state.lookups.docNames()) ?? `define it in a .md file: {% docs ${name} %}…{% enddocs %}`;
  throw new TsdbtError(
    "TD4572",
    "Compilation Error",
    `Documentation for '${owner.unique_id}' depends on doc '${name}' ${where} which was not found`,
    { nodeId: owner.unique_id, hint },
  );
}

/** Unique ids of the docs blocks that a description names at its top level. */
function blocksOf(state: ParseState, text: string, packageName: string): string[] {
  const ids: string[] = [];
  let template: ast.Template;
  try {
    template = state.templates.parseText(text);
  } catch {
    return ids;
  }
  for (const statement of template.body) {
    if (statement.type !== "Output") continue;
    for (const node of statement.nodes) {
      if (node.type !== "Call" || node.node.type !== "Name" || node.node.name !== "doc") continue;
      const args = node.args.flatMap((arg) => (arg.type === "Const" ? [String(arg.value)] : []));
      if (args.length < 1 || args.length > 2) continue;
      const [name, pkg] = args.length === 1 ? [args[0]!, null] : [args[1]!, args[0]!];
      const doc = state.lookups.resolveDoc(name, pkg, packageName);
      if (doc) ids.push(doc.unique_id);
    }
  }
  return ids;
}
