import { expect, test } from "vitest";
import { Environment, HostObject, type JinjaError, PyCallable, PyDict } from "../../../core/jinja/index.ts";

const env = new Environment();

class Secret extends HostObject {
  readonly typeName = "Secret";
  readonly password = "hidden";
  override attr(name: string): unknown {
    if (name === "open") return "shown";
    return name === "_private" ? "private" : undefined;
  }
}

const scope = new Map<string, unknown>([
  ["s", "text"],
  ["l", [1]],
  ["d", PyDict.from({ a: 1 })],
  ["secret", new Secret()],
  ["f", new PyCallable("f", () => 1)],
]);

const NAMES = [
  "constructor",
  "__proto__",
  "prototype",
  "__defineGetter__",
  "toString",
  "valueOf",
  "hasOwnProperty",
  "length",
  "map",
  "fn",
  "call",
  "apply",
  "password",
  "typeName",
  "attr",
];

test.each(NAMES)("no value shows its JavaScript property %s", (name) => {
  for (const subject of [
    "s",
    "l",
    "d",
    "secret",
    "f",
    "range",
    "1",
    "1.5",
    "none",
    "(1, 2)",
    "namespace(a=1)",
    "[].append",
    "missing",
  ]) {
    const render = () =>
      env
        .compile(`{{ ${subject}['${name}'] }}{{ ${subject}.${name} }}{{ ${subject} | attr('${name}') }}`)
        .render(scope);
    if (subject === "missing") expect(render).toThrow("'missing' is undefined");
    else expect(render(), `${subject}.${name}`).toBe("");
  }
});

test.each([
  "constructor",
  "__proto__",
  "globalThis",
  "process",
  "require",
  "Object",
  "Function",
  "this",
  "arguments",
  "R",
  "E",
  "T",
  "K",
  "S",
])("the name %s means nothing", (name) => {
  expect(env.compile(`{{ ${name} }}`).render(scope)).toBe("");
  expect(env.compile(`{{ ${name} is defined }}`).render({ get: () => undefined })).toBe("False");
});

test("private attributes are there, but unsafe to use", () => {
  expect(env.compile("{{ secret.open }}{{ secret._private }}").render(scope)).toBe("shown");
  const use = (source: string) => {
    try {
      env.compile(source).render(scope);
    } catch (e) {
      return (e as JinjaError).pythonType;
    }
    return undefined;
  };
  expect(use("{{ secret._private.x }}")).toBe("SecurityError");
  expect(use("{{ ''.__class__.__mro__ }}")).toBe("SecurityError");
  expect(use("{{ l.__init__() }}")).toBe("SecurityError");
  expect(use("{{ ''.__nothing__.x }}")).toBe("UndefinedError");
});

test("formatting looks attributes up as templates do", () => {
  expect(env.compile("{{ '{0.__class__}|{0.open}|{1[a]}'.format(secret, d) }}").render(scope)).toBe("|shown|1");
  expect(env.compile("{{ '{0.constructor}{0.password}'.format(secret) }}").render(scope)).toBe("");
});

test("text cannot break out of the generated code", () => {
  const nasty = "`$" + "{process.exit(1)}` '); throw 1; (\" \u2028 </script> \\";
  expect(env.compile(nasty).render()).toBe(nasty);
  expect(env.compile("{{ t ~ '`;\\\\' }}{% set x = '\\n\u2028' %}{{ x }}").render(new Map([["t", nasty]]))).toBe(
    `${nasty}\`;\\\n\u2028`,
  );
  expect(env.compile("{{ {'constructor': 1, '__proto__': 2} }}").render()).toBe("{'constructor': 1, '__proto__': 2}");
});
