import type { Node } from "../../manifest/resources.ts";
import { addNode } from "../add.ts";
import { isDict } from "../config/index.ts";
import { applyConfig, createNode } from "../nodes.ts";
import { fqnPrefix } from "../paths.ts";
import type { ParseState } from "../state.ts";
import { parseRefOrSource } from "../static.ts";
import type { TestTarget } from "../tests/builder.ts";
import { parseGenericTest } from "../tests/generic.ts";
import { readColumns, readTests, type UnparsedColumn } from "./columns.ts";
import { type Entry, readingEntry } from "./entries.ts";
import { type NodePatch, nameOf, nodesForPatch, patchNode, readConfig } from "./patches.ts";

type PlacedTest = { test: unknown; path: (string | number)[] };

/** The tests of an entry, to be made once everything in its file is described. */
export interface EntryTests {
  entry: Entry;
  columns: UnparsedColumn[];
  tests: PlacedTest[];
  quoteColumns: boolean | null;
  version: string | number | null;
}

/** Describes the seeds, snapshots or analyses of a properties file; answers the tests put on them. */
export function patchNodes(state: ParseState, entry: Entry): EntryTests {
  const { patch, tests } = readingEntry(entry, () => readNodeEntry(entry));
  for (const node of nodesForPatch(state, entry, patch)) patchNode(state, node, patch);
  return tests;
}

/** What any node's entry says. @throws ShapeProblem */
export function readNodeEntry(entry: Entry): { patch: NodePatch; tests: EntryTests } {
  const { shape, raw } = entry;
  const columns = readColumns(shape);
  const patch: NodePatch = {
    entry,
    name: nameOf(shape),
    description: shape.string("description", ""),
    columns,
    config: readConfig(entry),
    unrenderedConfig: isDict(raw.config) ? raw.config : undefined,
  };
  const quoteColumns = shape.optionalBool("quote_columns");
  return { patch, tests: { entry, columns, tests: readTests(shape), quoteColumns, version: null } };
}

/** Makes the nodes of an entry's tests: those of columns first. */
export function makeTests(state: ParseState, given: EntryTests): void {
  const { entry, version } = given;
  const { schema, key } = entry;
  const target: TestTarget = {
    kind: key === "models" ? "model" : "node",
    name: entry.name,
    file: schema.file.path,
    packageName: schema.file.packageName,
  };
  const add = ({ test, path }: PlacedTest, columnName: string | null, tags: string[]) => {
    const fileKey = `${key}.${entry.name}`;
    addNode(state, parseGenericTest(state, { schema, target, fileKey, test, path, tags, columnName, version }));
  };
  for (const column of given.columns) {
    const quoted = column.quote ?? given.quoteColumns;
    const name = quoted ? state.adapter.quote(column.name) : column.name;
    for (const test of column.tests) add(test, name, column.tags);
  }
  for (const test of given.tests) add(test, null, []);
}

/**
 * Snapshots that are defined in the properties file alone, by the relation they follow.
 * https://docs.getdbt.com/docs/build/snapshots
 */
export function addYamlSnapshots(state: ParseState, entry: Entry): void {
  const { shape, schema, name } = entry;
  const relation = readingEntry(entry, () => shape.optionalString("relation"));
  if (relation === null) return;
  const { file } = schema;
  const found = parseRefOrSource(relation);
  if (!found) {
    throw schema.error(
      "TD4230",
      "Parsing Error",
      `Invalid ref or source expression: ${relation}`,
      [...shape.path, "relation"],
      {
        hint: "write `relation: ref('model')` or `relation: source('source', 'table')`",
      },
    );
  }
  const node: Node = createNode(state, {
    resourceType: "snapshot",
    packageName: file.packageName,
    name,
    uniqueId: `snapshot.${file.packageName}.${name}`,
    path: `${name}.sql`,
    originalPath: file.path,
    fqn: [...fqnPrefix(file.packageName, file.relativePath), name],
    rawCode: `select * from {{ ${relation} }}`,
    checksum: file.checksum,
  });
  if (Array.isArray(found)) node.sources.push(found);
  else node.refs.push(found);
  node.$origin = { $root: schema.id, $path: [...shape.path] };
  applyConfig(state, node);
  addNode(state, node);
}
