import { TsdbtError } from "../errors.ts";
import { Environment } from "../jinja/environment.ts";

type Dict = { [key: string]: unknown };
type Table = { [id: string]: Dict };

/** The oldest schema of manifest.json that is read, and the present one. */
const OLDEST = 4;
const PRESENT = 12;
const schema = (version: number): string => `https://schemas.getdbt.com/dbt/manifest/v${version}.json`;

export interface UpgradeOptions {
  /** Where it was read. */
  path: string;
  dbtVersion: string;
  /** `state_modified_compare_more_unrendered_values`: what older versions of dbt noted of `config(...)` is noted anew. */
  rereadConfigs: boolean;
  /** What the first `config(...)` of a template says, as text. */
  configCall(template: ReturnType<Environment["parse"]>): { [key: string]: string } | undefined;
}

/**
 * A manifest.json of an earlier run as this version would have written it, as far as comparisons look at it.
 * @throws TsdbtError for one of a schema that is not read
 */
export function upgradedManifest(manifest: unknown, options: UpgradeOptions): unknown {
  const { metadata, nodes = {}, ...rest } = (manifest ?? {}) as { metadata?: Dict; nodes?: Table } & Dict;
  const found = metadata?.dbt_schema_version;
  if (typeof found !== "string") return manifest;
  const version = versionOf(found);
  if (version === null || version < OLDEST || version > PRESENT) throw incompatible(found, options.path);
  const older = version < PRESENT ? [renamed] : [];
  const changes = metadata?.dbt_version === options.dbtVersion ? older : [...older, rereader(options)];
  if (changes.length === 0) return manifest;
  const upgraded = Object.entries(nodes).map(([id, node]) => [
    id,
    changes.reduce((node, change) => change(node), node),
  ]);
  return { metadata, nodes: Object.fromEntries(upgraded), ...rest, ...(version < 10 ? { metrics: {} } : {}) };
}

function versionOf(found: string): number | null {
  for (let version = 1; version <= PRESENT; version++) if (found === schema(version)) return version;
  return null;
}

function incompatible(found: string, path: string): TsdbtError {
  return new TsdbtError(
    "TD5011",
    "Runtime Error",
    `Expected a schema version of "${schema(PRESENT)}" in ${path}, but found "${found}". Are you running with a different ` +
      "version of dbt?",
    { hint: `manifests of the versions ${OLDEST} to ${PRESENT} are read: write it anew with a newer dbt` },
  );
}

/** SQL had other names once, and a model's access was not written down. */
function renamed(node: Dict): Dict {
  const { raw_sql: raw = null, compiled_sql: compiled, ...rest } = node;
  return {
    ...(raw === null ? {} : { raw_code: raw, language: "sql" }),
    ...(compiled === undefined ? {} : { compiled_code: compiled }),
    ...(node.resource_type === "model" ? { access: "protected" } : {}),
    ...rest,
  };
}

/** Notes what the code's own `config(...)` says as the present version of dbt does. */
function rereader({ rereadConfigs, configCall }: UpgradeOptions): (node: Dict) => Dict {
  const environment = new Environment({ undefined: "dbt", blocks: true });
  return (node) => {
    const { raw_code: code, unrendered_config: noted } = node as { raw_code?: string; unrendered_config?: Dict };
    if (isSimpleTest(node)) return node;
    if (!rereadConfigs || !code?.includes("config") || !noted || Object.keys(noted).length === 0) return node;
    try {
      return { ...node, unrendered_config: { ...noted, ...configCall(environment.parse(code)) } };
    } catch {
      return node;
    }
  };
}

/** `unique` and `not_null`: their configs are noted as values, whichever dbt wrote them. */
function isSimpleTest({ resource_type: type, depends_on: dependsOn }: Dict): boolean {
  const macros = (dependsOn as { macros?: string[] } | undefined)?.macros ?? [];
  return type === "test" && macros.length === 1 && /^macro\.dbt\.test_(not_null|unique)$/.test(macros[0]!);
}
