import { describe, expect, test } from "vitest";
import { type BaseContextOptions, createBaseContext } from "../../../core/context/base.ts";
import { TsdbtError } from "../../../core/errors.ts";
import { Environment } from "../../../core/jinja/index.ts";

const environment = new Environment({ blocks: true });
const render = (template: string, options: BaseContextOptions = {}): string =>
  environment.compile(template).render(createBaseContext(options));

function errorOf(template: string, options: BaseContextOptions = {}): TsdbtError {
  try {
    render(template, options);
  } catch (error) {
    if (error instanceof TsdbtError) return error;
    throw error;
  }
  throw new Error("no error");
}

describe("var", () => {
  const options = {
    cliVars: { a: 1, shared: "cli" },
    vars: { shared: "project", d: { k: [1, null] }, j: "{{ var('a') + 1 }}" },
  };

  test.each([
    ["{{ var('a') + 1 }}", "2"],
    ["{{ var('shared') }}", "cli"],
    ["{{ var('d').k }}", "[1, None]"],
    ["{{ var('nope', 'x') }}{{ var('nope', none) }}", "xNone"],
    ["{{ var('j') }}", "2"],
    ["{{ var.has_var('a') }}{{ var.has_var('nope') }}", "TrueFalse"],
  ])("%s", (template, expected) => {
    expect(render(template, options)).toBe(expected);
  });

  test("texts stay as written where vars are not rendered", () => {
    expect(render("{{ var('j') }}", { ...options, renderVars: false })).toBe("{{ var('a') + 1 }}");
  });

  test("a missing one is an error that names what is near, or None where dbt is lenient", () => {
    const error = errorOf("{{ var('start_dat') }}", { vars: { start_date: 1 }, nodeName: "orders" });
    expect(error.message).toBe(
      `Required var 'start_dat' not found in config:\nVars supplied to orders = {\n    "start_date": 1\n}`,
    );
    expect(error.details.hint).toBe("did you mean 'start_date'?");
    expect(render("{{ var('nope') }}", { lenientVars: true })).toBe("None");
  });

  test("the message shows no secret", () => {
    const error = errorOf("{{ var('nope') }}", { vars: { x: "hush" }, env: { DBT_ENV_SECRET_X: "hush" } });
    expect(error.message).toContain('"x": "*****"');
  });

  test("what is read is told", () => {
    const vars: string[] = [];
    const env: [string, string | undefined][] = [];
    render("{{ var('a', 1) }}{{ env_var('E') }}{{ env_var('F', 'x') }}", {
      env: { E: "e" },
      onVar: (name) => vars.push(name),
      onEnvVar: (name, value) => env.push([name, value]),
    });
    expect(vars).toEqual(["a"]);
    expect(env).toEqual([
      ["E", "e"],
      ["F", undefined],
    ]);
  });
});

describe("env_var", () => {
  test("a missing one is an error", () => {
    expect(errorOf("{{ env_var('DBT_USR') }}", { env: { DBT_USER: "x" } })).toMatchObject({
      code: "TD2331",
      kind: "Parsing Error",
      message: "Env var required but not provided: 'DBT_USR'",
      details: { hint: "did you mean 'DBT_USER'?" },
    });
  });

  test("secrets are for profiles alone, and masked in the log", () => {
    const env = { DBT_ENV_SECRET_P: "hush" };
    expect(errorOf("{{ env_var('DBT_ENV_SECRET_P') }}", { env }).code).toBe("TD2330");
    expect(render("{{ env_var('DBT_ENV_SECRET_P') }}", { env, secrets: true })).not.toContain("hush");
    const logged: string[] = [];
    render("{{ log('a ' ~ env_var('DBT_ENV_SECRET_P')) }}", {
      env,
      secrets: true,
      log: (message) => logged.push(message),
    });
    expect(logged).toEqual(["a *****"]);
  });

  test("names of objects are no variables", () => {
    expect(render("{{ env_var('constructor', 'none') }}{{ env_var('__proto__', 'none') }}", { env: {} })).toBe(
      "nonenone",
    );
    expect(render("{{ var('constructor', 'none') }}")).toBe("none");
  });
});

describe("the rest", () => {
  test.each([
    ["{{ tojson({'b': (1, 2.0), 'a': none}) }}", '{"b": [1, 2.0], "a": null}'],
    ["{{ fromjson('nope', 'dflt') }}", "dflt"],
    ["{{ fromyaml('a: [yes, 017]') }}", "{'a': [True, 15]}"],
    ["{{ fromyaml('a: b: c', 'dflt') }}", "dflt"],
    ["{{ toyaml({'a': ['yes', 1.0]}) }}", "a:\n- 'yes'\n- 1.0\n"],
    ["{{ set(5, 'dflt') }}{{ zip(1, default='d') }}", "dfltd"],
    ["{{ zip([1, 2], 'ab') | list }}", "[(1, 'a'), (2, 'b')]"],
    ["{{ diff_of_two_dicts({'A': ['X', 'y']}, {'a': ['x']}) }}", "{'A': ['y']}"],
    ["{{ local_md5('é') }}", "66ddcd97cfdeabb2f6fb8a999b4bc76f"],
    ["{{ modules.re.match('a', 'a') is none }}{{ modules.os }}", "False"],
    ["{{ modules.keys() | list }}", "['pytz', 'datetime', 're', 'itertools']"],
    ["{{ dbt_version }} {{ thread_id }} {{ 'var' in builtins }}", "1.12.6 MainThread True"],
  ])("%s", (template, expected) => {
    expect(render(template)).toBe(expected);
  });

  test("run_started_at is a moment in UTC", () => {
    const runStartedAt = new Date(Date.UTC(2026, 0, 2, 3, 4, 5, 678));
    expect(render("{{ run_started_at }} {{ run_started_at.strftime('%Y') }}", { runStartedAt })).toBe(
      "2026-01-02 03:04:05.678000+00:00 2026",
    );
  });

  test("log and print say what they are given", () => {
    const said: unknown[] = [];
    const options = {
      log: (message: string, info: boolean) => said.push([message, info]),
      print: (message: string) => said.push(message),
    };
    expect(render("{{ log([1], info=true) }}{{ log('x') }}{{ print(5) }}", options)).toBe("");
    expect(said).toEqual([["[1]", true], ["x", false], "5"]);
  });

  test("what a template does to `modules` is its own affair", () => {
    render("{% do modules.re.update({'match': 1}) %}{% do modules.clear() %}");
    expect(render("{{ modules.re.match('a', 'a').group() }}")).toBe("a");
  });

  test("set_strict and zip_strict insist", () => {
    expect(errorOf("{{ set_strict(5) }}").message).toBe("'int' object is not iterable");
    expect(errorOf("{{ zip_strict([1], 5) }}").code).toBe("TD2341");
  });
});
