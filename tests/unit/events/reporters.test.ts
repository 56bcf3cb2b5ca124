import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type ConsoleOptions, consoleReporter, wantsColors } from "../../../core/events/console.ts";
import { Deprecations } from "../../../core/events/deprecations.ts";
import { EventBus } from "../../../core/events/event.ts";
import { fileReporter } from "../../../core/events/file-log.ts";
import * as say from "../../../core/events/messages/index.ts";
import { warnPolicy } from "../../../core/events/warn-error.ts";

const base: ConsoleOptions = {
  format: "default",
  threshold: "info",
  colors: false,
  printerWidth: 80,
  invocationId: "11111111-2222-3333-4444-555555555555",
  env: {},
  progress: false,
};

function screen(options: Partial<ConsoleOptions> = {}, tty = false): { bus: EventBus; text(): string; close(): void } {
  let text = "";
  const output = { write: (t: string) => (text += t), isTTY: tty, columns: 100 };
  const bus = new EventBus();
  const { listener, close } = consoleReporter(output, { ...base, ...options });
  bus.subscribe(listener);
  return { bus, text: () => text, close };
}

describe("the screen", () => {
  test("shows time and message, printed values bare, debug not at all", () => {
    const { bus, text } = screen();
    bus.emit({ ...say.note("hello"), time: new Date("2026-01-02T03:04:05Z") });
    bus.emit(say.print("row"));
    bus.emit(say.debug("hidden"));
    expect(text()).toBe("03:04:05  hello\nrow\n");
  });

  test("--quiet leaves errors and printed values", () => {
    const { bus, text } = screen({ threshold: "error" });
    bus.emit(say.note("hello"));
    bus.emit(say.print("row"));
    bus.emit(say.encounteredError("Runtime Error\n  boom"));
    expect(text()).toMatch(/^row\n\d\d:\d\d:\d\d {2}\[ERROR\]: Encountered an error:\nRuntime Error\n {2}boom\n$/);
  });

  test("hides secrets in every form", () => {
    for (const format of ["default", "json", "debug"] as const) {
      const { bus, text } = screen({ format, env: { DBT_ENV_SECRET_KEY: "hunter2", OTHER: "hello" } });
      bus.emit(say.note("hello hunter2"));
      expect(text()).toContain("hello *****");
      expect(text()).not.toContain("hunter2");
    }
  });

  test("JSON lines have dbt's shape", () => {
    const { bus, text } = screen({ format: "json", env: { DBT_ENV_CUSTOM_ENV_TEAM: "data" } });
    const node = { unique_id: "model.p.a", name: "a", resource_type: "model", node_status: "started" };
    bus.emit({
      ...say.startLine({ index: 1, total: 2, description: "sql view model main.a", node }),
      time: new Date("2026-01-02T03:04:05.678Z"),
      thread: "Thread-1",
    });
    const line = JSON.parse(text());
    expect(line.data).toEqual({
      description: "sql view model main.a",
      index: 1,
      node_info: { node_name: "a", node_status: "started", resource_type: "model", unique_id: "model.p.a" },
      total: 2,
    });
    expect(line.info).toEqual({
      category: "",
      code: "Q011",
      extra: { TEAM: "data" },
      invocation_id: base.invocationId,
      level: "info",
      msg: "1 of 2 START sql view model main.a ............................................. [RUN]",
      name: "LogStartLine",
      pid: process.pid,
      thread: "Thread-1",
      ts: "2026-01-02T03:04:05.678000Z",
    });
    expect(Object.keys(line)).toEqual(["data", "info"]);
  });

  test("a terminal shows what runs, and nothing is left of it", () => {
    const { bus, text, close } = screen({ progress: true }, true);
    const node = { unique_id: "model.p.a", name: "a", resource_type: "model" };
    bus.emit(say.startLine({ index: 1, total: 2, description: "x", node }));
    expect(text()).toContain("0 of 2  1 running: a 0s");
    bus.emit(
      say.resultLine({
        index: 1,
        total: 2,
        description: "x",
        status: "success",
        message: "OK",
        executionTime: 0,
        node,
      }),
    );
    close();
    const visible = text()
      .split("\n")
      .map((line) => line.slice(line.lastIndexOf("\u001b[2K") + 1).replace(/^\[2K/, ""));
    expect(visible.join("\n")).not.toContain("running");
  });

  test("colours only a terminal, unless told", () => {
    expect(wantsColors({ asked: null, isTTY: true, env: {} })).toBe(true);
    expect(wantsColors({ asked: null, isTTY: false, env: {} })).toBe(false);
    expect(wantsColors({ asked: null, isTTY: true, env: { NO_COLOR: "1" } })).toBe(false);
    expect(wantsColors({ asked: null, isTTY: true, env: { TERM: "dumb" } })).toBe(false);
    expect(wantsColors({ asked: true, isTTY: false, env: { NO_COLOR: "1" } })).toBe(true);
    expect(wantsColors({ asked: false, isTTY: true, env: {} })).toBe(false);
  });
});

describe("the log file", () => {
  let dir: string;
  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), "tsdbt-log-"));
  });
  afterEach(() => rmSync(dir, { recursive: true, force: true }));
  const options = () => ({
    dir: join(dir, "logs"),
    format: "debug" as const,
    threshold: "debug" as const,
    colors: false,
    invocationId: base.invocationId,
    env: { DBT_ENV_SECRET_X: "hunter2" },
    maxBytes: 1000,
  });

  test("holds debug lines, opened by a rule", () => {
    const { listener, close } = fileReporter(options());
    const bus = new EventBus();
    bus.subscribe(listener);
    const time = new Date("2026-01-02T03:04:05.678Z");
    bus.emit({ ...say.runningWith("1.2.3"), time });
    bus.emit({ ...say.debug("a hunter2"), time });
    close();
    const rule = "=".repeat(30);
    expect(readFileSync(join(dir, "logs", "dbt.log"), "utf8")).toBe(
      `\n\n${rule} 03:04:05.678000 | ${base.invocationId} ${rule}\n` +
        "03:04:05.678000 [info ] [MainThread]: Running with tsdbt=1.2.3\n03:04:05.678000 [debug] [MainThread]: a *****\n",
    );
  });

  test("is put aside when it is full, five times", () => {
    for (let n = 0; n < 9; n++) {
      const { listener, close } = fileReporter(options());
      listener({ ...say.debug(`${n}`.repeat(600)), time: new Date() });
      close();
    }
    expect(readdirSync(join(dir, "logs")).sort()).toEqual([
      "dbt.log",
      "dbt.log.1",
      "dbt.log.2",
      "dbt.log.3",
      "dbt.log.4",
      "dbt.log.5",
    ]);
    expect(readFileSync(join(dir, "logs", "dbt.log"), "utf8")).toContain("8888");
    expect(readFileSync(join(dir, "logs", "dbt.log.1"), "utf8")).toContain("7777");
  });

  test("that cannot be written stops nothing, and `none` makes no file", () => {
    const broken = fileReporter({ ...options(), dir: "/dev/null/logs" });
    broken.listener({ ...say.debug("x"), time: new Date() });
    broken.close();
    const none = fileReporter({ ...options(), threshold: "none" });
    none.listener({ ...say.encounteredError("x"), time: new Date() });
    none.close();
    expect(existsSync(join(dir, "logs"))).toBe(false);
  });
});

describe("--warn-error", () => {
  const emit = (bus: EventBus) => {
    const seen: string[] = [];
    bus.subscribe((event) => seen.push(event.name));
    bus.emit(say.nothingToDo());
    return seen;
  };
  const bus = (warnError: boolean, options = {}) => {
    const made = new EventBus();
    made.warnPolicy = warnPolicy(warnError, options);
    return made;
  };

  test("makes warnings errors", () => {
    expect(() => emit(bus(true))).toThrow("Nothing to do");
    expect(() => emit(bus(false, { error: "all" }))).toThrow("Nothing to do");
    expect(() => emit(bus(false, { error: ["NothingToDo"] }))).toThrow("Nothing to do");
    expect(() => emit(bus(false, { include: ["NothingToDo"] }))).toThrow("Nothing to do");
  });

  test("spares and silences those named", () => {
    expect(emit(bus(false))).toEqual(["NothingToDo"]);
    expect(emit(bus(false, { error: ["Other"] }))).toEqual(["NothingToDo"]);
    expect(emit(bus(false, { error: "all", warn: ["NothingToDo"] }))).toEqual(["NothingToDo"]);
    expect(emit(bus(false, { silence: ["NothingToDo"] }))).toEqual([]);
  });
});

describe("deprecations", () => {
  test("are shown once each, in dbt's lines, and summed up", () => {
    const { bus, text } = screen();
    const deprecations = new Deprecations(false);
    bus.warnPolicy = deprecations.policy(null);
    const renamed = (path: string, exp: string) =>
      `The \`${path}\` config has been renamed to \`${exp}\`. Please update your \`dbt_project.yml\` configuration to reflect this change.`;
    const old = () =>
      say.deprecation("ConfigSourcePathDeprecation", "D003", renamed("source-paths", "model-paths"), { named: false });
    for (let n = 0; n < 3; n++) bus.emit(old());
    bus.emit(deprecations.summary()!);
    expect(text().replaceAll(/^\d\d:\d\d:\d\d {2}/gm, "")).toBe(
      `[WARNING]: Deprecated functionality
The \`source-paths\` config has been renamed to \`model-paths\`. Please update your
\`dbt_project.yml\` configuration to reflect this change.
[WARNING][DeprecationsSummary]: Deprecated functionality
Summary of encountered deprecations:
- ConfigSourcePathDeprecation: 3 occurrences
To see all deprecation instances instead of just the first occurrence of each,
run command again with the \`--show-all-deprecations\` flag. You may also need to
run with \`--no-partial-parse\` as some deprecations are only encountered during
parsing.
`,
    );
  });

  test("all of them, when asked", () => {
    const { bus, text } = screen();
    bus.warnPolicy = new Deprecations(true).policy(null);
    for (let n = 0; n < 3; n++) bus.emit(say.deprecation("XDeprecation", "D000", "old"));
    expect(text().match(/\[WARNING\]\[XDeprecation\]/g)).toHaveLength(3);
  });
});
