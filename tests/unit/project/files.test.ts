import { mkdirSync, mkdtempSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { describe, expect, test } from "vitest";
import { buildProject, readRawProject } from "../../../project/dbt-project.ts";
import { contentsChecksum, findFiles, readSourceFile } from "../../../project/files.ts";
import { ignoreFrom } from "../../../project/ignore.ts";
import { plain } from "../../../project/render.ts";
import { collapseSpaces, decode, strip } from "../../../project/text.ts";
import type { Project } from "../../../project/types.ts";

function projectWith(files: { [path: string]: string | Buffer }, yaml = "name: shop\n"): Project {
  const root = mkdtempSync(join(tmpdir(), "tsdbt-files-"));
  for (const [path, text] of Object.entries({ "dbt_project.yml": yaml, ...files })) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
  return buildProject(readRawProject(root), { render: plain, verifyVersion: true });
}

const found = (project: Project, kind: string) =>
  findFiles(project)
    .filter((file) => file.kind === kind)
    .map((file) => file.path);

describe("finding files", () => {
  test("each kind by folder and extension, files of a folder before its folders", () => {
    const project = projectWith({
      "models/b.sql": "",
      "models/a/z.sql": "",
      "models/a.SQL": "",
      "models/m.py": "",
      "models/schema.yml": "",
      "models/docs.md": "",
      "models/.hidden.sql": "",
      "models/#tmp.sql": "",
      "models/~x.sql": "",
      "tests/singular.sql": "",
      "tests/generic/g.sql": "",
      "tests/fixtures/f.csv": "",
      "seeds/s.csv": "",
      "macros/m.sql": "",
    });
    expect(found(project, "model")).toEqual(["models/m.py", "models/a.SQL", "models/b.sql", "models/a/z.sql"]);
    expect(found(project, "singular_test")).toEqual(["tests/singular.sql"]);
    expect(found(project, "generic_test")).toEqual(["tests/generic/g.sql"]);
    expect(found(project, "fixture")).toEqual(["tests/fixtures/f.csv"]);
    expect(found(project, "seed")).toEqual(["seeds/s.csv"]);
    expect(found(project, "schema")).toEqual(["models/schema.yml"]);
    expect(found(project, "docs")).toEqual(["models/docs.md"]);
    expect(found(project, "macro")).toEqual(["macros/m.sql"]);
  });
  test("paths are relative to the project and to the folder searched", () => {
    const project = projectWith({ "src/models/a/x.sql": "" }, "name: shop\nmodel-paths: [src/models]\n");
    const [file] = findFiles(project).filter((each) => each.kind === "model");
    expect(file).toMatchObject({ searchedPath: "src/models", relativePath: "a/x.sql", path: "src/models/a/x.sql" });
    expect(file!.absolutePath).toBe(join(project.root, "src/models/a/x.sql"));
  });
  test(".dbtignore", () => {
    const project = projectWith({ "models/a.sql": "", "models/tmp/b.sql": "", ".dbtignore": "models/tmp/\n" });
    expect(found(project, "model")).toEqual(["models/a.sql"]);
  });
  test("links to files are found, links to folders and to nowhere are not", () => {
    const project = projectWith({ "models/a.sql": "", "other/b.sql": "" });
    symlinkSync(join(project.root, "other", "b.sql"), join(project.root, "models", "linked.sql"));
    symlinkSync(join(project.root, "other"), join(project.root, "models", "folder"));
    symlinkSync(join(project.root, "nowhere.sql"), join(project.root, "models", "dead.sql"));
    expect(found(project, "model")).toEqual(["models/a.sql", "models/linked.sql"]);
  });
  test("extensions of Jinja files where the project asks for them", () => {
    const project = projectWith({ "models/a.sql.j2": "" });
    expect(found(project, "model")).toEqual([]);
    expect(findFiles(project, { jinjaExtensions: true }).map((file) => file.path)).toEqual(["models/a.sql.j2"]);
  });
});

describe("reading files", () => {
  test("the checksum does not see white space, line ends or indentation", () => {
    const project = projectWith({ "models/a.sql": "\nselect 1,\r\n\t2\n\n", "models/b.sql": "select 1, 2" });
    const [a, b] = findFiles(project).map((file) => readSourceFile(file));
    expect(a!.contents).toBe("select 1,\r\n\t2");
    expect(a!.checksum).toEqual(b!.checksum);
    expect(contentsChecksum("select 1, 2").checksum).toBe(
      "7bc2b3a03fffd6b5ad0f123728d3a21e275c0266a54985a8231ae2a6a8c91303",
    );
  });
  test("a seed's checksum sees line ends as one kind; beyond the limit it is the path", () => {
    const project = projectWith({
      "seeds/a.csv": "id\r\n1\r\n",
      "seeds/b.csv": "id\n1",
      "seeds/big.csv": `id\n${"1\n".repeat(600_000)}`,
    });
    const [a, b, big] = findFiles(project).map((file) => readSourceFile(file));
    expect(a!.checksum).toEqual(b!.checksum);
    expect(a!.contents).toBe("");
    expect(big!.checksum).toEqual({ name: "path", checksum: "seeds/big.csv" });
    const [, , whole] = findFiles(project).map((file) => readSourceFile(file, { maximumSeedSizeMib: 0 }));
    expect(whole!.checksum.name).toBe("sha256");
  });
  test("bytes that are no UTF-8 are named with their place", () => {
    const bytes = Buffer.concat([Buffer.from("select 1\nselect 'Zü"), Buffer.from([0xfc]), Buffer.from("rich'\n")]);
    expect(() => decode(bytes, "models/a.sql")).toThrowError(
      expect.objectContaining({
        message: "models/a.sql is not valid UTF-8: 'utf-8' codec can't decode byte 0xfc in position 20",
        details: expect.objectContaining({ file: "models/a.sql", span: { line: 2, column: 11 } }),
      }),
    );
    expect(() => decode(Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from("a", "utf16le")]), "x")).toThrowError(
      expect.objectContaining({
        details: expect.objectContaining({ hint: "the file looks like UTF-16: save it as UTF-8" }),
      }),
    );
  });
  test("white space is Python's: a byte order mark stays", () => {
    expect(strip("\ufeff a \u00a0\u001c")).toBe("\ufeff a");
    expect(collapseSpaces(" a\u2003\t b\n")).toBe("a b");
  });
});

describe(".dbtignore patterns", () => {
  test.each([
    ["*.sql", "models/a.sql", true],
    ["/a.sql", "models/a.sql", false],
    ["models/", "models/a/b.sql", true],
    ["models/*.sql", "models/a/b.sql", false],
    ["models/**/b.sql", "models/a/c/b.sql", true],
    ["*.sql\n!keep.sql", "models/keep.sql", false],
    ["# a.sql\n\\#b.sql", "#b.sql", true],
    ["[!a].sql", "b.sql", true],
    ["[!a].sql", "a.sql", false],
  ])("%j on %s", (text, path, expected) => {
    expect(ignoreFrom(text)(path)).toBe(expected);
  });
});
