import { describe, expect, it } from "vitest";
import { RuntimeConfigObject } from "../../../core/context/execution/config.ts";
import { PyDict } from "../../../core/jinja/index.ts";
import { PyCallable } from "../../../core/jinja/runtime/values.ts";

const config = (values: { [key: string]: unknown }) =>
  new RuntimeConfigObject({
    resource_type: "model",
    name: "m",
    original_file_path: "models/m.sql",
    unique_id: "model.p.m",
    config: values,
  });
const call = (object: RuntimeConfigObject, name: string, ...args: unknown[]) =>
  (object.attr(name) as PyCallable).fn(args, undefined);

describe("config", () => {
  it("is called without effect", () => expect(config({}).call([], new Map([["a", 1]]))).toBe(""));
  it("gets a key, None where it is None, the default where there is none", () => {
    const object = config({ a: 1, none: null, "pre-hook": [] });
    expect(call(object, "get", "a")).toBe(1);
    expect(call(object, "get", "none", 5)).toBe(null);
    expect(call(object, "get", "b", 5)).toBe(5);
    expect(call(object, "get", "b")).toBe(null);
    expect(call(object, "get", "pre_hook", 5)).toEqual([]);
  });
  it("never reaches what every JavaScript object has", () => {
    expect(call(config({}), "get", "constructor")).toBe(null);
    expect(call(config({}), "get", "__proto__")).toBe(null);
  });
  it("checks with a validator where a default is given", () => {
    const seen: unknown[] = [];
    const validator = new PyCallable("v", ([value]) => seen.push(value));
    call(config({ a: 1 }), "get", "a", 2, validator);
    call(config({ a: 1 }), "get", "a", null, validator);
    expect(seen).toEqual([1]);
  });
  it("requires a key", () => {
    expect(() => call(config({}), "require", "unique_key")).toThrow(
      "Model 'model.p.m' does not define a required config parameter 'unique_key'.",
    );
    expect(call(config({ unique_key: "id" }), "require", "unique_key")).toBe("id");
  });
  it("reads meta", () => {
    expect(call(config({ meta: { owner: "x" } }), "meta_get", "owner")).toBe("x");
    expect(call(config({ meta: {} }), "meta_get", "owner", "y")).toBe("y");
    expect(() => call(config({}), "meta_require", "owner")).toThrow("required config parameter 'owner'");
  });
  it("says whether docs are persisted", () => {
    const object = config({ persist_docs: { relation: true } });
    expect(call(object, "persist_relation_docs")).toBe(true);
    expect(call(object, "persist_column_docs")).toBe(false);
    expect(call(config({}), "persist_relation_docs")).toBe(false);
    expect(() => call(config({ persist_docs: "yes" }), "persist_relation_docs")).toThrow(
      "Invalid value provided for 'persist_docs'. Expected dict but received <class 'str'>",
    );
  });
  it("gives dicts as dicts", () => expect(call(config({ a: { b: 1 } }), "get", "a")).toBeInstanceOf(PyDict));
});
