import { TsdbtError } from "../../core/errors.ts";
import { repr } from "../repr.ts";
import type { DepsSession } from "./session.ts";

/** How a platform that runs dbt tells where private repositories are. */
interface Provider {
  org: string;
  url: string;
  token: string;
  provider: string;
}

const AZURE = ["ado", "azure_devops", "azure_active_directory"];
const OLD_AZURE = ["azure_devops", "azure_active_directory"];
const PROVIDERS = ["github", "gitlab", "azure_active_directory", "azure_devops", "ado"];

/**
 * The address of a private package, `org/repository` or `org/group/repository`: from DBT_ENV_PRIVATE_GIT_PROVIDER_INFO,
 * where that is set, else by ssh. https://docs.getdbt.com/docs/build/packages#private-packages
 */
export function privateAddress(session: DepsSession, name: string, provider: string | null): string {
  const providers = configured(session);
  if (providers.length === 0) return sshAddress(name, provider);
  if (provider !== null && !PROVIDERS.includes(provider))
    throw refused(`Invalid provider ${repr(provider)}. Valid providers: ${PROVIDERS.join(", ")}`);
  for (const each of providers) {
    const address = addressOf(each, name, provider);
    if (address !== undefined) return address;
  }
  throw refused(`No matching Git URLs for private definition ${name} with provider ${provider ?? "None"}`);
}

function configured(session: DepsSession): Provider[] {
  const text = session.env.DBT_ENV_PRIVATE_GIT_PROVIDER_INFO ?? "[]";
  let list: unknown;
  try {
    list = JSON.parse(text);
  } catch {
    throw refused("The environment variable DBT_ENV_PRIVATE_GIT_PROVIDER_INFO is not valid JSON");
  }
  if (!Array.isArray(list)) throw refused("DBT_ENV_PRIVATE_GIT_PROVIDER_INFO must be a list");
  return list.map((each: Partial<Provider> | null) => {
    const { org, url, token, provider } = each ?? {};
    if (![org, url, token, provider].every((part) => typeof part === "string") || !PROVIDERS.includes(provider!))
      throw refused("DBT_ENV_PRIVATE_GIT_PROVIDER_INFO: each entry needs org, url, token and provider");
    session.keepSecret(token!);
    return each as Provider;
  });
}

interface Name {
  org: string;
  group: string;
  repository: string;
}

function parts(path: string): Name {
  const [org, ...rest] = path.split("/");
  return { org: org!, group: rest.slice(0, -1).join("/"), repository: rest.at(-1) ?? "" };
}

/** `undefined` where this provider does not have it. */
function addressOf(from: Provider, text: string, provider: string | null): string | undefined {
  const name = parts(text);
  if (from.org !== name.org) return undefined;
  const same = provider === from.provider || (AZURE.includes(from.provider) && AZURE.includes(provider ?? ""));
  if (provider !== null && provider !== "" && !same) return undefined;
  const isOld = OLD_AZURE.includes(from.provider);
  if (isOld && provider === "ado" && name.group === "") return undefined;

  let path = /^[a-z+]+:\/\/[^/]*\/?([^?#]*)/i.exec(from.url)?.[1]?.replace(/\.git$/, "") ?? "";
  if (AZURE.includes(from.provider)) path = path.replace("/_git/", "/");
  const pattern = parts(path);
  // Names of older Azure addresses left out the project.
  const groupCounts = !(isOld && (name.group === "" || OLD_AZURE.includes(provider ?? "")));
  const equal = (a: string, b: string, wild: string[]) => a === b || (wild.includes(a) && b !== "");
  if (pattern.org !== name.org || !equal(pattern.repository, name.repository, ["{repo}"])) return undefined;
  if (groupCounts && !equal(pattern.group, name.group, ["{group}", "{project}"])) return undefined;
  const filled: { [hole: string]: string } = {
    token: from.token,
    repo: name.repository,
    group: name.group,
    project: name.group,
  };
  return from.url.replace(/\{(token|repo|group|project)\}/g, (_, hole: string) => filled[hole]!);
}

function sshAddress(name: string, provider: string | null): string {
  switch (provider || "github") {
    case "github":
      return `git@github.com:${name}.git`;
    case "gitlab":
      return `git@gitlab.com:${name}.git`;
    case "ado":
    case "azure_devops":
      if (name.split("/").length < 3)
        throw refused(`The '${provider}' provider requires org/project/repo format (3 parts), got: '${name}'`);
      return `git@ssh.dev.azure.com:v3/${name}`;
    default:
      throw refused(
        `Invalid private package configuration: '${name}' provider: '${provider ?? ""}'. ` +
          "Valid providers are: github, gitlab, ado, azure_devops",
      );
  }
}

function refused(message: string): TsdbtError {
  return new TsdbtError("TD2540", "Runtime Error", message, {
    hint: "a private package is named as `private: organisation/repository`, with `provider: github`, `gitlab` or `ado`",
  });
}
