import { TsdbtError } from "../../core/errors.ts";
import { PyDict, toPython } from "../../core/jinja/index.ts";
import { pyStr } from "../../core/jinja/runtime/repr.ts";
import { pyTruth } from "../../core/jinja/runtime/truth.ts";

const NAMES = [
  "config_name",
  "s3_model_config",
  "bucket",
  "path",
  "fmt",
  "structure",
  "aws_access_key_id",
  "aws_secret_access_key",
  "role_arn",
  "compression",
  "external_id",
] as const;

/**
 * The table function `s3(…)` of a model that reads files: each part is given in the call, in the model's config or in the
 * project's var `config_name`. https://clickhouse.com/docs/integrations/dbt/features-and-configurations
 */
export function s3Source(vars: { readonly [name: string]: unknown }, args: readonly unknown[]): string {
  const given = new Map<string, unknown>(NAMES.map((name, i) => [name, args[i]]));
  const configs = [given.get("s3_model_config"), toPython(vars[pyStr(given.get("config_name"))] ?? null)];
  const part = (name: (typeof NAMES)[number]): unknown => {
    if (pyTruth(given.get(name))) return given.get(name);
    for (const config of configs) if (config instanceof PyDict && config.has(name)) return config.get(name);
    return "";
  };
  const text = (name: (typeof NAMES)[number]) => pyStr(part(name));
  const url = urlOf(text("bucket"), text("path"));
  const access = accessOf(text("aws_access_key_id"), text("aws_secret_access_key"));
  const compression = text("compression");
  const structure = structureOf(part("structure")) || (compression ? ", ''" : "");
  const role = roleOf(text("role_arn"), text("external_id"));
  return `s3('${url}'${access}, '${text("fmt")}'${structure}${compression ? `, '${compression}'` : ""}${role})`;
}

function urlOf(bucket: string, path: string): string {
  const host = bucket.replace("https://", "");
  if (!path) return `https://${host}`;
  const rest = bucket && !bucket.endsWith("/") && !bucket.startsWith("/") ? `/${path}` : path;
  return `https://${`${host}${rest}`.replaceAll("//", "/")}`;
}

function accessOf(id: string, secret: string): string {
  if (id && !secret) throw incomplete("S3 aws_access_key_id specified without aws_secret_access_key");
  if (secret && !id) throw incomplete("S3 aws_secret_access_key specified without aws_access_key_id");
  return id ? `, '${id}', '${secret}'` : "";
}

function structureOf(structure: unknown): string {
  if (!pyTruth(structure)) return "";
  if (structure instanceof PyDict) {
    return `, '${[...structure.entries()].map(([name, type]) => `${pyStr(name)} ${pyStr(type)}`).join(",")}'`;
  }
  return Array.isArray(structure) ? `, '${structure.map(pyStr).join(",")}'` : `,'${pyStr(structure)}'`;
}

function roleOf(arn: string, externalId: string): string {
  if (externalId && !arn) throw incomplete("S3 external_id specified without role_arn");
  if (!arn) return "";
  return `, extra_credentials(role_arn='${arn}'${externalId ? `, external_id='${externalId}'` : ""})`;
}

function incomplete(message: string): TsdbtError {
  return new TsdbtError("TD5334", "Runtime Error", message);
}
