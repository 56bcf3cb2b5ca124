import type { HubPackage } from "./hub.ts";

/** One command after another in the same project; what both tools say and leave must be the same. */
export interface Scenario {
  name: string;
  files: { [path: string]: string };
  steps: Step[];
  /** Nodes may run in any order. */
  unordered?: boolean;
}

export interface Step {
  args: string[];
  env?: { [name: string]: string };
  /** Written before the step. */
  files?: { [path: string]: string };
  /** What is said are events in JSON. */
  events?: boolean;
  /** A folder copied before the step. */
  copy?: [from: string, to: string];
  /** Lines of dbt's that we do not say, or say otherwise, with the reason in COMPATIBILITY.md. */
  unlike?: RegExp;
}

const hubFiles = (name: string, version: string, more: { [path: string]: string } = {}) => ({
  "dbt_project.yml": `name: ${name}\nversion: '${version}'\n`,
  [`macros/${name}.sql`]: `{% macro ${name}_version() %}'${version}'{% endmacro %}\n`,
  ...more,
});

/** The hub's packages: `acme/dates` needs `acme/tools`, one version of which needs a dbt that does not exist yet. */
export const HUB: { [name: string]: HubPackage } = {
  "acme/tools": {
    versions: {
      "0.9.0": { files: hubFiles("tools", "0.9.0") },
      "1.0.0": { files: hubFiles("tools", "1.0.0") },
      "1.10.0": { files: hubFiles("tools", "1.10.0"), require_dbt_version: [">=1.0.0", "<2.0.0"] },
      "1.2.0": { files: hubFiles("tools", "1.2.0") },
      "1.11.0": { files: hubFiles("tools", "1.11.0"), require_dbt_version: [">=9.0.0"] },
      "2.0.0-rc1": { files: hubFiles("tools", "2.0.0-rc1") },
    },
  },
  "acme/dates": {
    versions: {
      "0.1.0": {
        files: hubFiles("dates", "0.1.0"),
        packages: [{ package: "acme/tools", version: [">=0.9.0", "<1.1.0"] }],
      },
      "0.2.0": { files: hubFiles("dates", "0.2.0"), packages: [{ package: "acme/tools", version: ">=1.0.0" }] },
    },
  },
  "acme/old_tools": {
    versions: { "1.0.0": { files: hubFiles("old_tools", "1.0.0") } },
    more: { redirectname: "tools", redirectnamespace: null },
  },
  "acme/twin": { versions: { "1.0.0": { files: hubFiles("tools", "1.0.0") } } },
};

/** The files of the git repository's two commits: `v1` tags the first one, `main` and `feature` are at the second. */
export const COMMITS: { [path: string]: string }[] = [
  {
    "dbt_project.yml": "name: gitpkg\nversion: '1.0'\n",
    "packages.yml": "packages: []\n",
    "nested/inner/dbt_project.yml": "name: inner\nversion: '1.0'\n",
  },
  {
    "dbt_project.yml": "name: gitpkg\nversion: '2.0'\n",
    "packages.yml": "packages:\n  - package: acme/tools\n    version: ['>=1.0.0', '<2.0.0']\n",
  },
];

const PROJECT = { "dbt_project.yml": "name: shop\nversion: '1.0'\nprofile: shop\n" };
const packages = (text: string, more: { [path: string]: string } = {}) => ({
  ...PROJECT,
  "packages.yml": `packages:\n${text}`,
  ...more,
});
const deps = ["deps"];

/** `{git}`, `{tarballs}` and `{hub}` stand for the addresses of the run at hand. */
export const SCENARIOS: Scenario[] = [
  { name: "no packages", files: PROJECT, steps: [{ args: deps }] },
  { name: "an empty list", files: { ...PROJECT, "packages.yml": "packages: []\n" }, steps: [{ args: deps }] },
  {
    name: "a package of the hub and the one it needs",
    files: packages("  - package: acme/dates\n    version: 0.1.0\n"),
    steps: [{ args: deps }, { args: deps }],
  },
  {
    name: "the newest version of a range",
    files: packages("  - package: acme/tools\n    version: ['>=1.0.0', '<1.10.0']\n"),
    steps: [{ args: deps }],
  },
  {
    name: "versions that need another dbt are passed over, unless told not to look",
    files: packages("  - package: acme/tools\n    version: '>=1.0.0'\n"),
    steps: [{ args: deps }, { args: ["--no-version-check", "deps", "--upgrade"] }],
  },
  {
    name: "prereleases on request",
    files: packages("  - package: acme/tools\n    version: '>=1.0.0'\n    install_prerelease: true\n"),
    steps: [{ args: deps }],
  },
  {
    name: "a prerelease that is named",
    files: packages("  - package: acme/tools\n    version: 2.0.0-rc1\n"),
    steps: [{ args: deps }],
  },
  {
    name: "ranges of the project and of a package together",
    files: packages("  - package: acme/dates\n    version: 0.2.0\n  - package: acme/tools\n    version: '<1.10.0'\n"),
    steps: [{ args: deps }],
  },
  {
    name: "ranges that have no version in common",
    files: packages("  - package: acme/dates\n    version: 0.1.0\n  - package: acme/tools\n    version: '>=1.2.0'\n"),
    steps: [{ args: deps }],
  },
  {
    name: "a version that does not exist",
    files: packages("  - package: acme/tools\n    version: '>=3.0.0'\n"),
    steps: [{ args: deps }, { args: ["--no-version-check", "deps"] }],
  },
  {
    name: "a version that is none",
    files: packages("  - package: acme/tools\n    version: 1.0\n"),
    steps: [{ args: deps }],
  },
  {
    name: "a package that the hub does not have",
    files: packages("  - package: acme/tool\n    version: 1.0.0\n"),
    steps: [{ args: deps }],
  },
  {
    name: "a package that moved",
    files: packages("  - package: acme/old_tools\n    version: 1.0.0\n"),
    steps: [{ args: deps }],
  },
  {
    name: "two packages with the same name",
    files: packages("  - package: acme/tools\n    version: 1.0.0\n  - package: acme/twin\n    version: 1.0.0\n"),
    steps: [{ args: deps }],
  },
  {
    name: "a git package by tag, branch, commit and not at all",
    files: packages("  - git: '{git}'\n    revision: v1\n"),
    steps: [
      { args: deps },
      { args: deps },
      { args: deps, files: packages("  - git: '{git}'\n    revision: feature\n") },
      { args: deps, files: packages("  - git: '{git}'\n    revision: '{commit}'\n") },
      { args: deps, files: packages("  - git: '{git}'\n    revision: main\n") },
      { args: deps, files: packages("  - git: '{git}'\n") },
      { args: deps, files: packages("  - git: '{git}'\n    warn-unpinned: false\n") },
      { args: ["--warn-error", "deps"], files: packages("  - git: '{git}'\n") },
    ],
  },
  {
    name: "a subdirectory of a git repository",
    files: packages(
      "  - git: '{git}'\n    revision: v1\n    subdirectory: nested/inner\n  - git: '{git}'\n    revision: v1\n",
    ),
    steps: [{ args: deps }],
  },
  {
    name: "a git repository with and without .git",
    files: packages("  - git: '{git}'\n    revision: v1\n  - git: '{git}.git'\n    revision: v1\n"),
    steps: [{ args: deps }],
  },
  {
    name: "two revisions of one repository",
    files: packages("  - git: '{git}'\n    revision: v1\n  - local: lib\n", {
      "lib/dbt_project.yml": "name: lib\n",
      "lib/packages.yml": "packages:\n  - git: '{git}'\n    revision: feature\n",
    }),
    steps: [{ args: deps, unlike: /contains: \{/ }],
  },
  {
    name: "a revision that does not exist",
    files: packages("  - git: '{git}'\n    revision: v9\n"),
    steps: [{ args: deps }],
  },
  {
    name: "a repository that does not exist",
    files: packages("  - git: '{git}-not'\n    revision: v9\n"),
    steps: [{ args: deps }],
  },
  {
    name: "secrets in the address of a git package",
    files: packages("  - git: \"{{ env_var('DBT_ENV_SECRET_HOST') }}/repository\"\n    revision: v1\n"),
    steps: [
      { args: deps, env: { DBT_ENV_SECRET_HOST: "{gitparent}" } },
      { args: deps, env: { DBT_ENV_SECRET_HOST: "{gitparent}" } },
    ],
  },
  {
    name: "a tarball",
    files: packages("  - tarball: '{tarballs}tools/1.0.0.tar.gz'\n    name: tools\n"),
    steps: [{ args: deps }, { args: deps }],
  },
  {
    name: "a tarball without a name",
    files: packages("  - tarball: '{tarballs}tools/1.0.0.tar.gz'\n"),
    // dbt shows a key of its own there, and names dbt_project.yml.
    steps: [{ args: deps, unlike: /'unrendered'|^Error encountered in/ }],
  },
  {
    name: "local packages, theirs, and the same one twice",
    files: packages("  - local: lib\n  - local: other\n", {
      "lib/dbt_project.yml": "name: lib\n",
      "lib/packages.yml": "packages:\n  - local: other\n  - package: acme/tools\n    version: 1.0.0\n",
      "other/dbt_project.yml": "name: other\n",
    }),
    steps: [{ args: deps }],
  },
  {
    name: "a folder that is no package",
    files: packages("  - local: lib\n"),
    steps: [{ args: deps }],
  },
  {
    name: "the name of the project itself",
    files: packages("  - local: lib\n", { "lib/dbt_project.yml": "name: shop\n" }),
    steps: [{ args: deps }],
  },
  {
    name: "env_var and var in packages.yml",
    files: packages(
      "  - package: \"acme/{{ var('which') }}\"\n    version: \"{{ env_var('TOOLS_VERSION', '1.0.0') }}\"\n",
    ),
    steps: [
      { args: ["deps", "--vars", "{which: tools}"] },
      { args: ["deps", "--vars", "{which: tools}"], env: { TOOLS_VERSION: "1.2.0" } },
    ],
  },
  {
    name: "dependencies.yml with packages and projects",
    files: {
      ...PROJECT,
      "dependencies.yml": "packages:\n  - package: acme/tools\n    version: 1.0.0\nprojects:\n  - name: upstream\n",
    },
    steps: [{ args: deps }],
  },
  {
    name: "packages in both files",
    files: packages("  - package: acme/tools\n    version: 1.0.0\n", { "dependencies.yml": "packages: []\n" }),
    steps: [{ args: deps }],
  },
  {
    name: "projects in packages.yml",
    files: packages("  - package: acme/tools\n    version: 1.0.0\nprojects: []\n"),
    steps: [{ args: deps }],
  },
  {
    name: "--lock writes the lock file alone; another packages.yml renews it",
    files: packages("  - package: acme/tools\n    version: 1.0.0\n"),
    steps: [
      { args: ["deps", "--lock"] },
      { args: ["deps", "--lock"] },
      { args: ["deps", "--lock"], files: packages("  - package: acme/tools\n    version: 1.2.0\n") },
      { args: ["deps", "--upgrade"] },
    ],
  },
  {
    name: "--add-package where there is no packages.yml",
    files: PROJECT,
    steps: [{ args: ["deps", "--add-package", "acme/tools@1.0.0"] }, { args: deps }],
  },
  {
    name: "--add-package in the place of another version, and a range",
    // dbt shows the keys of what it removes in any order.
    files: packages("  - package: acme/tools\n    version: 0.9.0\n  - local: lib\n", {
      "lib/dbt_project.yml": "name: lib\n",
    }),
    steps: [
      { args: ["deps", "--add-package", "acme/tools@1.0.0", "--lock"], unlike: /^Found duplicate/ },
      { args: ["deps", "--add-package", "acme/tools@>=1.0.0,<1.10.0"], unlike: /^Found duplicate/ },
    ],
  },
  {
    name: "--add-package of folders and repositories",
    files: { ...PROJECT, "lib/dbt_project.yml": "name: lib\n" },
    steps: [
      { args: ["deps", "--add-package", "lib", "--source", "local"] },
      { args: ["deps", "--add-package", "{git}@v1", "--source", "git"] },
    ],
  },
  {
    name: "--add-package without a version",
    files: PROJECT,
    steps: [{ args: ["deps", "--add-package", "acme/tools"] }],
  },
  {
    name: "another packages-install-path",
    files: {
      ...packages("  - package: acme/tools\n    version: 1.0.0\n"),
      "dbt_project.yml": `${PROJECT["dbt_project.yml"]}packages-install-path: "{{ env_var('DBT_PACKAGES_INSTALL_PATH', 'build/packages') }}"\n`,
    },
    steps: [{ args: deps }, { args: deps, env: { DBT_PACKAGES_INSTALL_PATH: "elsewhere" } }],
  },
  {
    name: "private packages are fetched by what the platform tells",
    files: packages("  - private: acme/repository\n    revision: v1\n"),
    steps: [
      {
        args: deps,
        env: {
          DBT_ENV_PRIVATE_GIT_PROVIDER_INFO:
            '[{"org": "acme", "url": "{gitroot}/acme/{repo}", "token": "hunter2", "provider": "github"}]',
        },
      },
      {
        args: deps,
        env: {
          DBT_ENV_PRIVATE_GIT_PROVIDER_INFO:
            '[{"org": "other", "url": "{gitroot}/other/{repo}", "token": "hunter2", "provider": "github"}]',
        },
      },
    ],
  },
];
