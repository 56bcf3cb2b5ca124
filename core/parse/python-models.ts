import { pyCall, toData } from "../jinja/index.ts";
import type { JsonObject, Node } from "../manifest/resources.ts";
import { addConfigCall, ConfigProblem, type Dict } from "./config/index.ts";
import { nodeError } from "./errors.ts";
import { configError } from "./nodes.ts";
import { blankTexts, modelFunctions, type PythonCall, pythonCalls } from "./python-source.ts";
import type { ParseState } from "./state.ts";

/**
 * Reads what a Python model refers to and configures, so that the graph is right. Running it needs Python, which tsdbt
 * does not have. https://docs.getdbt.com/docs/build/python-models
 * @throws TsdbtError with dbt's words
 */
export function readPythonModel(state: ParseState, node: Node): void {
  const fail = (message: string, word?: string, hint?: string) =>
    nodeError(state, node, "TD4560", "Parsing Error", message, hint, word);
  const jinja = /\{[{%#]/.exec(node.raw_code)?.[0];
  if (jinja) throw fail("No jinja in python model code is allowed", jinja);
  const bare = blankTexts(node.raw_code);
  if (bare.trim() === "") return;
  const functions = modelFunctions(bare);
  if (functions.length !== 1) {
    const message = `dbt allows exactly one model defined per python file, found ${functions.length}`;
    throw fail(message, "def model", functions.length === 0 ? "define `def model(dbt, session):`" : undefined);
  }
  const { parameters, returnsOne } = functions[0]!;
  const problems = [
    parameters.length > 0 && parameters[0] !== "dbt" && "'dbt' not provided for model as the first argument",
    parameters.length !== 2 && "model function should have two args, `dbt` and a session to current warehouse",
    !returnsOne && "In current version, model function should return only one dataframe object",
  ].filter((problem) => problem !== false);
  if (problems.length > 0) throw fail(problems.join("\n"), "def model");
  const calls = pythonCalls(node.raw_code, bare);
  const unclear = calls.find((call) => call.unreadable !== undefined);
  if (unclear) {
    throw fail(
      "Error when trying to literal_eval an arg to dbt.ref(), dbt.source(), dbt.config() or dbt.config.get() \n" +
        `malformed node or string: ${unclear.unreadable}\n` +
        "https://docs.python.org/3/library/ast.html#ast.literal_eval\n" +
        "In dbt python model, `dbt.ref`, `dbt.source`, `dbt.config`, `dbt.config.get` function args only support Python literal structures",
      unclear.text,
    );
  }
  takeIn(state, node, calls, fail);
}

function takeIn(
  state: ParseState,
  node: Node,
  calls: PythonCall[],
  fail: (message: string, word: string) => Error,
): void {
  const configured: Dict = {};
  const asked = { config_keys_used: [], config_keys_defaults: [], meta_keys_used: [], meta_keys_defaults: [] } as {
    [name: string]: unknown[];
  };
  const configure = (values: Iterable<[string, unknown]>) => {
    const call: Dict = {};
    for (const [key, value] of values) call[key] = toData(value);
    try {
      addConfigCall(configured, call);
    } catch (error) {
      throw error instanceof ConfigProblem ? configError(state, node, error) : error;
    }
  };
  const { scope } = state.templates.rendering(node, configure);
  for (const { name, text, args, kwargs } of calls) {
    if (name !== "get" && name !== "meta_get") {
      pyCall(scope.get(name), args, kwargs);
      continue;
    }
    const method = `dbt.config.${name}()`;
    if (args.length === 0) throw fail(`${method} requires at least one argument`, text);
    if (args.length > 2) throw fail(`${method} takes at most 2 arguments (${args.length} given)`, text);
    const kind = name === "get" ? "config" : "meta";
    asked[`${kind}_keys_used`]!.push(args[0]);
    asked[`${kind}_keys_defaults`]!.push(args[1] ?? null);
  }
  if (calls.some(({ name }) => name === "get" || name === "meta_get")) configure(Object.entries(asked));
  node.config_call_dict = configured as JsonObject;
}
