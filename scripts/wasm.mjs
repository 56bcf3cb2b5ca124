// npm run build:wasm: compiles sink/formats/json-text.as with AssemblyScript, which is fetched for it, into a file that holds the code.
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const SOURCE = "sink/formats/json-text.as";
const folder = mkdtempSync(join(tmpdir(), "tsdbt-wasm-"));
const out = join(folder, "out.wasm");
const source = join(folder, "source.ts");
copyFileSync(SOURCE, source);
const compiler = ["--yes", "-p", "assemblyscript@0.28.20", "asc", source, "-O3", "--runtime", "stub", "--noAssert"];
execFileSync("npx", [...compiler, "--enable", "simd", "--initialMemory", "1", "-o", out], { stdio: "inherit" });
const code = readFileSync(out);
rmSync(folder, { recursive: true });
const digest = createHash("sha256").update(readFileSync(SOURCE)).digest("hex");
writeFileSync(
  "sink/formats/json-text-code.ts",
  `/** ${SOURCE} compiled, by \`npm run build:wasm\`. */
export const JSON_TEXT = {
  source: "${digest}",
  code:
${code
  .toString("base64")
  .match(/.{1,112}/g)
  .map((part) => `    "${part}"`)
  .join(" +\n")},
};
`,
);
