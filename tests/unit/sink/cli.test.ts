import { spawnSync } from "node:child_process";
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";

const BIN = fileURLToPath(new URL("../../../bin/tsdbt-sink", import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "tsdbt-sink-cli-"));

function run(...args: string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [BIN, ...args], { encoding: "utf8", cwd: folder });
  return { status, stdout, stderr };
}

describe("the command tsdbt-sink", () => {
  it("tells its version", () =>
    expect(run("version")).toMatchObject({ status: 0, stdout: expect.stringMatching(/^\d+\.\d+\.\d+\n$/) }));

  it("tells its commands", () => expect(run("--help").stdout).toMatch(/run .*\n.*check .*\n.*replay /));

  it("refuses what it does not know", () =>
    expect(run("fly")).toMatchObject({ status: 2, stderr: "error: unknown command 'fly'\n" }));

  it("says where the configuration is missing", () =>
    expect(run("run")).toMatchObject({
      status: 2,
      stderr: expect.stringMatching(/^tsdbt-sink: cannot read sink\.yml: ENOENT[^\n]*\n$/),
    }));

  it("says what is wrong in it, without a stack trace", () => {
    writeFileSync(
      join(folder, "sink.yml"),
      "kafka: {brokers: ['b:1'], group: g, topics: [t]}\ns3: {bucket: b}\noutput: {path: x}\n",
    );
    expect(run("run")).toMatchObject({
      status: 2,
      stderr:
        "tsdbt-sink: output.path: {partition} is missing, so that two batches could get the same name\n  it is x\n",
    });
  });
});
