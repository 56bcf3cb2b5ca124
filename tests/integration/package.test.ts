import { execFileSync } from "node:child_process";
import { existsSync, lstatSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ROOT } from "../support/tsdbt.ts";

/** The package as npm would publish it, installed into an empty folder. */
describe("the installed package", () => {
  let folder: string;
  const run = (command: string, args: string[], cwd = folder) =>
    execFileSync(command, args, { cwd, encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] });

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "tsdbt-package-"));
    const packed = JSON.parse(run("npm", ["pack", "--json", "--ignore-scripts", "--pack-destination", folder], ROOT));
    const file = (Array.isArray(packed) ? packed[0] : Object.values(packed)[0]).filename as string;
    writeFileSync(join(folder, "package.json"), '{"name":"somebody","private":true,"type":"module"}\n');
    run("npm", ["install", "--no-audit", "--no-fund", "--omit=dev", `./${file}`]);
  }, 300_000);
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it("stays under 200 MB with all it brings", () => {
    expect(size(join(folder, "node_modules")) / 1e6).toBeLessThan(200);
  });

  it("leaves embedded ClickHouse out until somebody asks for it", () => {
    expect(existsSync(join(folder, "node_modules", "chdb"))).toBe(false);
  });

  it("starts a project and builds it", () => {
    run("npx", ["--no-install", "tsdbt", "init", "demo"]);
    const output = run("npx", ["--no-install", "tsdbt", "build"], join(folder, "demo"));
    expect(output).toContain("Completed successfully");
    expect(existsSync(join(folder, "demo", "target", "manifest.json"))).toBe(true);
  }, 120_000);

  it("gives its types to a TypeScript project that imports it", () => {
    writeFileSync(
      join(folder, "use.ts"),
      `import { invoke } from "tsdbt";
import { Environment } from "tsdbt/jinja";
const result = await invoke(["ls"], {});
const code: number = result.exitCode;
const text: string = new Environment().compile("{{ x }}", { name: "t" }).render({ get: () => 1 });
// @ts-expect-error an exit code is a number
const wrong: string = result.exitCode;
export { code, text, wrong };
`,
    );
    writeFileSync(
      join(folder, "tsconfig.json"),
      JSON.stringify({
        compilerOptions: {
          module: "NodeNext",
          target: "ES2022",
          strict: true,
          noEmit: true,
          types: [],
          skipLibCheck: false,
        },
        files: ["use.ts"],
      }),
    );
    run(process.execPath, [join(ROOT, "node_modules", "typescript", "bin", "tsc"), "-p", folder]);
  });
});

function size(path: string): number {
  const stat = lstatSync(path);
  if (!stat.isDirectory()) return stat.size;
  return readdirSync(path).reduce((sum, name) => sum + size(join(path, name)), 0);
}
