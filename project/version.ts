import { parseVersion, type VersionSpec, versionsCompatible, versionText } from "./semver.ts";
import { errorAt, type YamlFile } from "./yaml-file.ts";

/** The dbt whose behaviour tsdbt follows: `require-dbt-version` is checked against it. */
export const DBT_VERSION = "1.12.6";

/**
 * Reads `require-dbt-version` and, unless `--no-version-check`, checks it. Answers the specs as dbt writes them.
 * https://docs.getdbt.com/reference/project-configs/require-dbt-version
 */
export function checkRequiredVersion(
  file: YamlFile,
  required: string | string[] | null | undefined,
  projectName: string | null,
  verify: boolean,
): string[] {
  const texts =
    required === null || required === undefined
      ? [">=0.0.0"]
      : typeof required === "string"
        ? required.split(",")
        : required;
  const specs = texts.map((text) => {
    const spec = parseVersion(text);
    if (spec) return spec;
    throw errorAt(file, ["require-dbt-version"], {
      code: "TD2320",
      message: `"${text}" is not a valid semantic version.`,
      hint: versionHint(text),
    });
  });
  if (verify) verifyVersion(file, specs, projectName ?? "");
  return specs.map((spec) => versionText(spec));
}

function verifyVersion(file: YamlFile, specs: VersionSpec[], projectName: string): void {
  const listed = `[${specs.map((spec) => `'${versionText(spec)}'`).join(", ")}]`;
  const advice = `Check for a different version of the '${projectName}' package, or run dbt again with --no-version-check\n`;
  if (!versionsCompatible(specs))
    throw errorAt(file, ["require-dbt-version"], {
      code: "TD2321",
      message:
        `The package version requirement can never be satisfied for the '${projectName}\npackage.\n` +
        `  Required versions of dbt for '${projectName}': ${listed}\n${advice}`,
      hint: "no version lies in all of these ranges",
    });
  if (!versionsCompatible([parseVersion(DBT_VERSION)!, ...specs]))
    throw errorAt(file, ["require-dbt-version"], {
      code: "TD2322",
      message:
        `This version of dbt is not supported with the '${projectName}' package.\n` +
        `  Installed version of dbt: =${DBT_VERSION}\n  Required version of dbt for '${projectName}': ${listed}\n${advice}`,
      hint: `tsdbt behaves as dbt ${DBT_VERSION}: widen require-dbt-version, or pass --no-version-check`,
    });
}

function versionHint(text: string): string {
  const trimmed = text.replace(/\s+/g, "");
  if (trimmed !== text && parseVersion(trimmed)) return `remove the spaces: "${trimmed}"`;
  const short = /^(>=|>|<=|<|=)?(\d+)(?:\.(\d+))?$/.exec(trimmed);
  if (short) return `three numbers are needed: "${short[1] ?? ""}${short[2]}.${short[3] ?? 0}.0"`;
  return 'write versions as ">=1.3.0" or [">=1.3.0", "<2.0.0"]';
}
