import type { RuntimeConfig } from "../../project/types.ts";
import type { Node, NodeConfig } from "../manifest/resources.ts";

/** The node that `--inline` SQL becomes: `sql operation.<project>.inline_query`, in no file. */
export function inlineNode(config: RuntimeConfig, sql: string): Node {
  const { project, profile } = config;
  return {
    name: "inline_query",
    resource_type: "sql_operation",
    package_name: project.name,
    path: "sql/inline_query",
    original_file_path: "from remote system.sql",
    unique_id: `sql_operation.${project.name}.inline_query`,
    database: profile.credentials.database,
    schema: profile.credentials.schema,
    fqn: [project.name, "sql", "inline_query"],
    alias: "inline_query",
    checksum: { name: "none", checksum: "" },
    config: INLINE_CONFIG,
    tags: [],
    description: "",
    columns: {},
    meta: {},
    group: null,
    docs: { show: true, node_color: null },
    patch_path: null,
    build_path: null,
    unrendered_config: {},
    created_at: Date.now() / 1000,
    relation_name: null,
    raw_code: sql,
    doc_blocks: [],
    language: "sql",
    refs: [],
    sources: [],
    metrics: [],
    functions: [],
    depends_on: { macros: [], nodes: [] },
    compiled_path: null,
  };
}

const INLINE_CONFIG = {
  enabled: true,
  materialized: "view",
  tags: [],
  meta: {},
  schema: null,
  database: null,
  alias: null,
} as unknown as NodeConfig;
