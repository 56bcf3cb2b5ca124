import { TsdbtError } from "../../core/errors.ts";
import type { Data } from "../../core/jinja/runtime/values.ts";
import type { DataObject } from "../types.ts";
import { isObject } from "../yaml-file.ts";
import { get, RequestError } from "./http.ts";
import { withRetries } from "./retries.ts";
import type { DepsSession } from "./session.ts";

const DEFAULT_HUB = "https://hub.getdbt.com/";
const TIMEOUT_MS = 30_000;

/** One version of a package as the hub's index tells of it. */
export interface HubVersion {
  name: string;
  packages: Data[];
  downloads: { tarball: string };
  require_dbt_version?: string[];
}

/** The names of every package of the hub. */
export function hubIndex(session: DepsSession): Promise<ReadonlySet<string>> {
  return remembered(session, "index", () =>
    withRetries(session, async () => {
      const url = urlOf(session, "index");
      session.debug("RegistryIndexProgressGETRequest", "M022", `Making package index registry request: GET ${url}`, {
        url,
      });
      const { data, status } = await json(session, url);
      session.debug("RegistryIndexProgressGETResponse", "M023", `Response from registry index: GET ${url} ${status}`, {
        url,
        resp_code: status,
      });
      if (!Array.isArray(data))
        throw new RequestError(`Request error: The response type of ${typeof data} is not valid`, true);
      return new Set(data.map(String));
    }),
  );
}

/** Every version of a package. */
export function hubVersions(session: DepsSession, name: string): Promise<ReadonlyMap<string, HubVersion>> {
  return remembered(session, name, async () => {
    const answer = await withRetries(session, async () => {
      const url = urlOf(session, name);
      session.debug("RegistryProgressGETRequest", "M008", `Making package registry request: GET ${url}`, { url });
      const { data, status } = await json(session, url);
      session.debug("RegistryProgressGETResponse", "M009", `Response from registry: GET ${url} ${status}`, {
        url,
        resp_code: status,
      });
      return checked(session, data);
    });
    warnOfRedirect(session, name, answer);
    return new Map(
      Object.entries(answer.versions as DataObject).map(([version, info]) => [version, versionOf(name, version, info)]),
    );
  });
}

function remembered<T>(session: DepsSession, key: string, ask: () => Promise<T>): Promise<T> {
  const before = session.asked.get(key) as Promise<T> | undefined;
  if (before) return before;
  const answer = ask();
  session.asked.set(key, answer);
  return answer;
}

function urlOf(session: DepsSession, name: string): string {
  const base = session.env.DBT_PACKAGE_HUB_URL || DEFAULT_HUB;
  session.keepAddressSecret(base);
  return `${base.replace(/\/*$/, "/")}api/v1/${name}.json`;
}

async function json(session: DepsSession, url: string): Promise<{ data: Data; status: number }> {
  const { env, signal } = session;
  const { body, status } = await get(url, { env, signal, timeoutMs: TIMEOUT_MS });
  try {
    return { data: JSON.parse(body.toString("utf8")) as Data, status };
  } catch (error) {
    throw new RequestError(
      `Request error: the response of ${session.hide(url)} is no JSON: ${(error as Error).message}`,
      true,
    );
  }
}

/** An answer that lacks what it must have may be a hiccup of the hub: it is asked for again. */
function checked(session: DepsSession, answer: Data): DataObject {
  const shown = { response: JSON.stringify(answer).slice(0, 2000) };
  if (!isObject(answer)) {
    session.debug("RegistryResponseUnexpectedType", "M024", `Response was None: ${shown.response}`, shown);
    throw new RequestError("Request error: Expected a response type of <dict>", true);
  }
  const missing = ["name", "versions"].filter((key) => !(key in answer));
  if (missing.length > 0 || !isObject(answer.versions)) {
    session.debug(
      "RegistryResponseMissingTopKeys",
      "M025",
      `Response missing top level keys: ${shown.response}`,
      shown,
    );
    throw new RequestError(
      `Request error: Expected the response to contain keys {'name', 'versions'} but is missing {${missing.map((key) => `'${key}'`).join(", ")}}`,
      true,
    );
  }
  const known = new Set(
    Object.values(answer.versions).flatMap((version) => Object.keys(isObject(version) ? version : {})),
  );
  const lacking = ["name", "packages", "downloads"].filter((key) => !known.has(key));
  if (lacking.length > 0) {
    session.debug(
      "RegistryResponseMissingNestedKeys",
      "M026",
      `Response missing nested keys: ${shown.response}`,
      shown,
    );
    throw new RequestError(
      `Request error: Expected the response for the version to contain keys {'downloads', 'name', 'packages'} but is missing {${lacking.map((key) => `'${key}'`).join(", ")}}`,
      true,
    );
  }
  return answer;
}

function warnOfRedirect(session: DepsSession, name: string, answer: DataObject): void {
  if (!("redirectnamespace" in answer) && !("redirectname" in answer)) return;
  const other = `${answer.redirectnamespace || answer.namespace}/${answer.redirectname || answer.name}`;
  session.deprecated(
    "PackageRedirectDeprecation",
    "D001",
    `The \`${name}\` package is deprecated in favor of \`${other}\`. Please update your \`packages.yml\` configuration to use \`${other}\` instead.`,
  );
}

function versionOf(name: string, version: string, info: Data | undefined): HubVersion {
  const { downloads, packages, require_dbt_version: required } = isObject(info) ? info : ({} as DataObject);
  const own = isObject(info) ? info.name : undefined;
  if (typeof own !== "string" || !isObject(downloads) || typeof downloads.tarball !== "string")
    throw new TsdbtError("TD2550", "Runtime Error", `The hub tells neither name nor address of ${name} ${version}`);
  const versions = (Array.isArray(required) ? required : required ? [required] : []).map(String);
  return {
    name: own,
    packages: Array.isArray(packages) ? packages : [],
    downloads: { tarball: downloads.tarball },
    ...(versions.length > 0 ? { require_dbt_version: versions } : {}),
  };
}
