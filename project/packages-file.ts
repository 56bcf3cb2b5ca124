import { join } from "node:path";
import { entryOf, keyHint, malformed, type PackageEntry } from "./package-entry.ts";
import { type RenderText, renderData } from "./render.ts";
import { repr } from "./repr.ts";
import { errorAt, isObject, readYamlFileIfAny, shownPath, type YamlFile } from "./yaml-file.ts";

export interface PackagesFile {
  /** `packages.yml` or `dependencies.yml`, whichever names the packages. */
  name: string;
  file: YamlFile | null;
  entries: PackageEntry[];
}

/** packages.yml and dependencies.yml of a folder, not rendered yet. Throws where both name packages. */
export function readPackagesFiles(root: string, shownFrom: string): { name: string; file: YamlFile | null } {
  const read = (name: string) => {
    const file = readYamlFileIfAny(join(root, name), shownPath(join(root, name), shownFrom));
    return file && { ...file, text: withoutPasswords(file.text) };
  };
  const packages = read("packages.yml");
  const dependencies = read("dependencies.yml");
  const [inPackages, inDependencies] = [packages, dependencies].map(
    (file) => isObject(file?.data) && "packages" in file.data,
  );
  if (inPackages && inDependencies)
    throw errorAt(dependencies!, ["packages"], {
      code: "TD2502",
      on: "key",
      message: "The 'packages' key cannot be specified in both packages.yml and dependencies.yml",
      hint: "keep the list in one of the two files",
    });
  if (packages && isObject(packages.data) && "projects" in packages.data)
    throw errorAt(packages, ["projects"], {
      code: "TD2503",
      on: "key",
      message: "The 'projects' key cannot be specified in packages.yml",
      hint: "projects are named in dependencies.yml",
    });
  return inDependencies ? { name: "dependencies.yml", file: dependencies } : { name: "packages.yml", file: packages };
}

/**
 * The packages that a project names, rendered and checked. The root project's dependencies.yml is taken as it is, unless
 * `always`. https://docs.getdbt.com/docs/build/packages
 */
export function packageEntries(
  found: { name: string; file: YamlFile | null },
  render: RenderText,
  options: { always?: boolean } = {},
): PackagesFile {
  const { name, file } = found;
  if (!file || file.data === null || file.data === "") return { name, file, entries: [] };
  if (!isObject(file.data))
    throw malformed(file, [], `${repr(file.data)} is not of type 'object'`, "write a list below the key `packages:`");
  for (const key of Object.keys(file.data))
    if (name === "packages.yml" && key !== "packages" && key !== "sha1_hash")
      throw malformed(
        file,
        [key],
        `Additional properties are not allowed ('${key}' was unexpected)`,
        keyHint(key, ["packages"]),
        "key",
      );
  const written = file.data.packages;
  if (written === undefined || written === null) return { name, file, entries: [] };
  if (!Array.isArray(written))
    throw malformed(
      file,
      ["packages"],
      `${repr(written)} is not of type 'array'`,
      "packages is a list: `- local: ../shared_macros`",
    );
  const entries = written.map((unrendered, i) => {
    const keys = ["packages", i];
    const entry =
      name === "dependencies.yml" && !options.always ? unrendered : renderData(file, unrendered, keys, render);
    return entryOf(file, keys, entry, unrendered);
  });
  return { name, file, entries };
}

/** The text as excerpts may show it: users of addresses are starred out, their length kept. */
function withoutPasswords(text: string): string {
  return text.replace(
    /(:\/\/)([^\s/@{}'"]+)(?=@)/g,
    (_, start: string, user: string) => start + "*".repeat(user.length),
  );
}
