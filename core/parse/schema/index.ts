import { TsdbtError } from "../../errors.ts";
import { renderError } from "../../events/render-error.ts";
import { addMetric } from "../semantic/metrics.ts";
import { addSemanticModel } from "../semantic/models.ts";
import { addSavedQuery } from "../semantic/saved-queries.ts";
import type { ParseState } from "../state.ts";
import { patchSingularTest } from "./data-tests.ts";
import { entriesOfKey } from "./entries.ts";
import { addExposure, addGroup } from "./exposures.ts";
import type { SchemaFile } from "./file.ts";
import { patchFunction } from "./functions.ts";
import { patchMacro } from "./macros.ts";
import { patchModel } from "./models.ts";
import { addYamlSnapshots, type EntryTests, makeTests, patchNodes } from "./nodes.ts";
import type { SourceCollector } from "./sources.ts";
import { addUnitTest, type Fixtures } from "./unit-tests.ts";

export { readSchemaFile, SchemaFile } from "./file.ts";
export { SourceCollector } from "./sources.ts";
export { type Fixture, type Fixtures, linkUnitTests } from "./unit-tests.ts";

/**
 * Takes everything in from one properties file. Tests are made once all that the same list describes is described.
 * https://docs.getdbt.com/reference/configs-and-properties
 * @throws TsdbtError
 */
export function parseSchemaFile(
  state: ParseState,
  schema: SchemaFile,
  sources: SourceCollector,
  fixtures: Fixtures,
): void {
  const { data } = schema;
  const has = (key: string) => Object.hasOwn(data, key);
  if (has("models")) {
    const tests: EntryTests[] = [];
    for (const entry of entriesOfKey(state, schema, "models")) tests.push(...patchModel(state, entry));
    for (const entryTests of tests) makeTests(state, entryTests);
  }
  if (has("seeds")) patchAll(state, schema, "seeds", true);
  if (has("snapshots")) {
    for (const entry of entriesOfKey(state, schema, "snapshots")) addYamlSnapshots(state, entry);
    state.lookups.rebuildRefs();
    patchAll(state, schema, "snapshots", true);
  }
  if (has("sources")) for (const entry of entriesOfKey(state, schema, "sources")) sources.add(entry);
  if (has("macros")) for (const entry of entriesOfKey(state, schema, "macros")) patchMacro(state, entry);
  if (has("data_tests")) patchSingularTests(state, schema);
  if (has("analyses")) patchAll(state, schema, "analyses", false);
  if (has("exposures")) for (const entry of entriesOfKey(state, schema, "exposures")) addExposure(state, entry);
  if (has("functions")) for (const entry of entriesOfKey(state, schema, "functions")) patchFunction(state, entry);
  if (has("metrics")) for (const entry of entriesOfKey(state, schema, "metrics")) addMetric(state, entry);
  if (has("groups")) for (const entry of entriesOfKey(state, schema, "groups")) addGroup(state, entry);
  if (has("semantic_models"))
    for (const entry of entriesOfKey(state, schema, "semantic_models")) addSemanticModel(state, entry);
  if (has("unit_tests"))
    for (const entry of entriesOfKey(state, schema, "unit_tests")) addUnitTest(state, entry, fixtures);
  if (has("saved_queries"))
    for (const entry of entriesOfKey(state, schema, "saved_queries")) addSavedQuery(state, entry);
}

/** As in dbt, what is wrong with this list is said and otherwise has no effect. */
function patchSingularTests(state: ParseState, schema: SchemaFile): void {
  try {
    for (const entry of entriesOfKey(state, schema, "data_tests")) patchSingularTest(state, entry);
  } catch (error) {
    if (!(error instanceof TsdbtError) || error.kind !== "Parsing Error") throw error;
    state.warnings.say(`Unable to parse 'data_tests' section of file '${schema.file.path}'\n${renderError(error)}`);
  }
}

function patchAll(state: ParseState, schema: SchemaFile, key: string, withTests: boolean): void {
  const tests: EntryTests[] = [];
  for (const entry of entriesOfKey(state, schema, key)) tests.push(patchNodes(state, entry));
  if (withTests) for (const entryTests of tests) makeTests(state, entryTests);
}
