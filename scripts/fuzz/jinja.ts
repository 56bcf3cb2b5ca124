/**
 * Renders random templates with ours and with the real Jinja2, and prints where they differ:
 * `tsx scripts/fuzz/jinja.ts N [--python PATH] [--seed S]`. Ends with `N passed, M failed`.
 */
import { spawnSync } from "node:child_process";
import { Environment, JinjaError, PyDict } from "../../core/jinja/index.ts";
import { parseLossless } from "../conformance/lossless-json.ts";
import { TemplateGenerator } from "./generate.ts";
import { CONTEXT } from "./words.ts";

const PYTHON = `
import json, sys, signal
from jinja2.sandbox import SandboxedEnvironment
from jinja2 import TemplateSyntaxError
data = json.load(sys.stdin)
class Slow(BaseException): pass
def stop(*a): raise Slow()
signal.signal(signal.SIGALRM, stop)
env = SandboxedEnvironment(extensions=["jinja2.ext.do"])
out = []
for source in data["templates"]:
    try:
        signal.setitimer(signal.ITIMER_REAL, 2)
        try:
            out.append({"text": env.from_string(source).render(json.loads(data["context"]))})
        finally:
            signal.setitimer(signal.ITIMER_REAL, 0)
    except Slow: out.append({"skip": True})
    except TemplateSyntaxError as e: out.append({"error": "TemplateSyntaxError", "line": e.lineno, "message": str(e)})
    except Exception as e: out.append({"error": type(e).__name__, "message": str(e)})
json.dump(out, sys.stdout)
`;

interface Answer {
  text?: string;
  error?: string;
  line?: number;
  message?: string;
  skip?: boolean;
}

function context(): { get(name: string): unknown } {
  return parseLossless(CONTEXT, (entries) => PyDict.from(entries)) as { get(name: string): unknown };
}

async function ours(env: Environment, source: string, async: boolean): Promise<Answer> {
  try {
    const template = env.compile(source);
    return { text: async ? await template.renderAsync(context()) : template.render(context()) };
  } catch (e) {
    if (!(e instanceof JinjaError)) return { error: `internal: ${e instanceof Error ? e.stack : String(e)}` };
    if (e.is("TemplateSyntaxError"))
      return { error: "TemplateSyntaxError", line: e.span?.line ?? 0, message: e.message };
    return { error: e.pythonType, message: e.message };
  }
}

/** What memory addresses and the order of sets make differ is no difference. */
function normal(text: string | undefined): string | undefined {
  return text?.replace(/0x[0-9a-f]{6,}/gi, "0x").replace(/\{[^{}]*\}/g, (set) => [...set].sort().join(""));
}

function differs(a: Answer, b: Answer): boolean {
  if (b.skip === true) return false;
  // Where Python's own parser objects to what Jinja2 made of a template, or Jinja2 fails internally, there is nothing to match.
  if (
    b.error === "SyntaxError" ||
    b.error === "AssertionError" ||
    b.error === "NameError" ||
    b.error === "UnboundLocalError"
  )
    return false;
  if (a.error !== undefined || b.error !== undefined) {
    if (a.error !== b.error) return true;
    return a.error === "TemplateSyntaxError" && a.line !== b.line;
  }
  return normal(a.text) !== normal(b.text);
}

async function main(argv: string[]): Promise<void> {
  const option = (name: string) => {
    const i = argv.indexOf(name);
    return i < 0 ? undefined : argv[i + 1];
  };
  const count = Number(argv.find((a) => /^\d+$/.test(a)) ?? 300);
  const python = option("--python") ?? "python3";
  const seed = Number(option("--seed") ?? Date.now() % 1_000_000);
  const messages = argv.includes("--messages");
  const templates = Array.from({ length: count }, (_, i) => new TemplateGenerator(seed * 1_000_003 + i).template());
  const run = spawnSync(python, ["-W", "ignore", "-c", PYTHON], {
    input: JSON.stringify({ templates, context: CONTEXT }),
    maxBuffer: 1 << 30,
    encoding: "utf8",
  });
  if (run.status !== 0) {
    console.log(run.stderr);
    console.log(`the Jinja2 of ${python} could not run`);
    process.exitCode = 2;
    return;
  }
  const theirs = JSON.parse(run.stdout) as Answer[];
  const env = new Environment();
  let failed = 0;
  for (const [i, source] of templates.entries()) {
    const a = await ours(env, source, false);
    // Memory addresses taken to pieces: not even the same twice.
    if (differs(await ours(env, source, false), a)) continue;
    const waited = await ours(env, source, true);
    const b = theirs[i] as Answer;
    if (differs(waited, a))
      console.log(`${JSON.stringify(source)}\n  sync:  ${JSON.stringify(a)}\n  async: ${JSON.stringify(waited)}`);
    const wrong =
      differs(a, b) ||
      differs(waited, a) ||
      (messages && a.error !== undefined && a.message !== b.message?.split("\n")[0]);
    if (!wrong) continue;
    failed++;
    console.log(`${JSON.stringify(source)}\n  ours:   ${JSON.stringify(a)}\n  theirs: ${JSON.stringify(b)}`);
  }
  console.log(`seed ${seed}`);
  console.log(`${count - failed} passed, ${failed} failed`);
  process.exitCode = failed > 0 ? 1 : 0;
}

await main(process.argv.slice(2));
