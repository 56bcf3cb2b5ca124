import { describe, expect, test } from "vitest";
import { privateAddress } from "../../../project/deps/private.ts";
import type { DepsSession } from "../../../project/deps/session.ts";

const PLATFORM = JSON.stringify([
  { org: "acme", url: "https://{token}@github.com/acme/tools.git", token: "t0", provider: "github" },
  { org: "acme", url: "https://x:{token}@gitlab.com/acme/{group}/{repo}.git", token: "t1", provider: "gitlab" },
  { org: "corp", url: "https://{token}@dev.azure.com/corp/proj/_git/{repo}", token: "t2", provider: "azure_devops" },
  { org: "corp2", url: "https://{token}@dev.azure.com/corp2/{project}/_git/{repo}", token: "t3", provider: "ado" },
]);

const secrets: string[] = [];
const session = (info?: string) =>
  ({
    env: { DBT_ENV_PRIVATE_GIT_PROVIDER_INFO: info },
    keepSecret: (text: string) => secrets.push(text),
  }) as unknown as DepsSession;

describe("the address of a private package", () => {
  test.each([
    ["acme/tools", null, "https://t0@github.com/acme/tools.git"],
    ["acme/tools", "github", "https://t0@github.com/acme/tools.git"],
    ["acme/team/x", "gitlab", "https://x:t1@gitlab.com/acme/team/x.git"],
    ["acme/a/b/x", null, "https://x:t1@gitlab.com/acme/a/b/x.git"],
    ["corp/r", null, "https://t2@dev.azure.com/corp/proj/_git/r"],
    ["corp/r", "azure_devops", "https://t2@dev.azure.com/corp/proj/_git/r"],
    ["corp/proj/r", "ado", "https://t2@dev.azure.com/corp/proj/_git/r"],
    ["corp/zzz/r", "azure_devops", "https://t2@dev.azure.com/corp/proj/_git/r"],
    ["corp2/p/r", "ado", "https://t3@dev.azure.com/corp2/p/_git/r"],
    ["corp2/p/r", "azure_active_directory", "https://t3@dev.azure.com/corp2/p/_git/r"],
  ])("%s of %s is what the platform tells", (name, provider, address) => {
    expect(privateAddress(session(PLATFORM), name, provider)).toBe(address);
    expect(secrets).toEqual(expect.arrayContaining(["t0", "t1", "t2", "t3"]));
  });

  test.each([
    ["acme/tools", "gitlab"],
    ["acme/other", "github"],
    ["corp/r", "ado"],
    ["corp/zzz/r", "ado"],
    ["corp2/r", "ado"],
    ["nobody/x", null],
  ])("%s of %s is none of the platform's", (name, provider) => {
    expect(() => privateAddress(session(PLATFORM), name, provider)).toThrow(
      `No matching Git URLs for private definition ${name} with provider ${provider ?? "None"}`,
    );
  });

  test.each([
    ["acme/team/x", null, "git@github.com:acme/team/x.git"],
    ["acme/x", "gitlab", "git@gitlab.com:acme/x.git"],
    ["corp/p/r", "ado", "git@ssh.dev.azure.com:v3/corp/p/r"],
  ])("%s of %s is by ssh where there is no platform", (name, provider, address) => {
    expect(privateAddress(session(), name, provider)).toBe(address);
  });

  test("says what is wrong", () => {
    expect(() => privateAddress(session(), "corp/r", "ado")).toThrow(
      "The 'ado' provider requires org/project/repo format (3 parts), got: 'corp/r'",
    );
    expect(() => privateAddress(session(), "a/b", "svn")).toThrow(
      "Invalid private package configuration: 'a/b' provider: 'svn'. Valid providers are: github, gitlab, ado, azure_devops",
    );
    expect(() => privateAddress(session(PLATFORM), "acme/tools", "svn")).toThrow("Invalid provider 'svn'.");
    expect(() => privateAddress(session("{"), "a/b", null)).toThrow(
      "DBT_ENV_PRIVATE_GIT_PROVIDER_INFO is not valid JSON",
    );
  });
});
