import type { RelationSource } from "../../../adapters/adapter.ts";
import type { Relation } from "../../../adapters/relation.ts";
import { templateError } from "../../context/shared/index.ts";
import { pyStr } from "../../jinja/runtime/repr.ts";
import { sameVersion } from "../../manifest/lookups.ts";
import type { Node, NodeConfig } from "../../manifest/resources.ts";
import { cacheRelations, callMaterialization, contextOf, type Materialized } from "./materialize.ts";

/**
 * A view under the model's bare name that shows its latest version: made after that version, where `latest_version_pointer` or
 * the project's flag asks for it.
 */
export async function makeVersionPointer(one: Materialized, built: Relation): Promise<void> {
  const { node, run } = one;
  if (!wantsPointer(one)) return;
  const alias = await pointerAlias(one);
  const same = (a: string | null, b: string): boolean =>
    run.env.adapter.quoting.identifier ? a === b : a?.toLowerCase() === b.toLowerCase();
  if (same(built.identifier, alias)) {
    throw templateError(
      "TD3097",
      `Cannot create latest version pointer: the latest version of '${node.name}' is already aliased to '${alias}'. ` +
        "Set `latest_version_pointer: enabled: false` or remove the conflicting alias.",
      node,
      "Runtime Error",
    );
  }
  const code = `select * from ${built.render()}`;
  const pointer: Node = {
    ...node,
    alias,
    raw_code: code,
    compiled_code: code,
    compiled: true,
    extra_ctes_injected: true,
    unique_id: `${node.unique_id}__latest_version_pointer`,
    config: { ...node.config, materialized: "view", "pre-hook": [], "post-hook": [], persist_docs: {} } as NodeConfig,
  };
  const view: Materialized = { ...one, node: pointer };
  cacheRelations(view, await callMaterialization(view, contextOf(view)));
}

function wantsPointer({ node, run }: Materialized): boolean {
  const { version = null, latest_version: latest } = node;
  if (version === null || !sameVersion(version, latest)) return false;
  const own = (node.config.latest_version_pointer as { enabled?: boolean | null } | undefined)?.enabled ?? null;
  return own ?? run.options.flags.latest_version_pointer_enabled_by_default === true;
}

async function pointerAlias(one: Materialized): Promise<string> {
  const { node } = one;
  const own = (node.config.latest_version_pointer as { alias?: string | null } | undefined)?.alias;
  const custom = own ? own.trim() : null;
  const context = contextOf(one);
  const answer = await context.macros.call("generate_latest_version_pointer_alias", [custom, context.member("model")]);
  return pyStr(answer).trim();
}

/** The relation that a model stands for. */
export function ownRelation({ node, run }: Materialized): Relation {
  return run.env.adapter.relationOf(node as unknown as RelationSource);
}
