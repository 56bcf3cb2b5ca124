import { JinjaError, typeError } from "../errors.ts";
import { pyAdd, pyMod, pyMul } from "./arith.ts";
import { PyDict } from "./dict.ts";
import { dictMethods } from "./dict-methods.ts";
import { unescapeHtml } from "./entities.ts";
import { formatValue } from "./format-spec.ts";
import { defineFunction, type Method } from "./function.ts";
import { PyIterator, pyContains } from "./iterate.ts";
import { listMethods, tupleMethods } from "./list-methods.ts";
import { formatEscaped, markupArguments, stripTags, wrapMarkup } from "./markup.ts";
import { floatMethods, intMethods, numberAttribute } from "./number-methods.ts";
import { isFloat, isNumber } from "./numbers.ts";
import { address, pyRepr, pyStr } from "./repr.ts";
import { PySet } from "./set.ts";
import { frozensetMethods, setMethods } from "./set-methods.ts";
import { PySlice, sliceArray } from "./slice.ts";
import { type FieldLookup, formatMapArguments, strFormat, strFormatMap } from "./str-format.ts";
import { strItem, strMethods } from "./str-methods.ts";
import { Markup, plainArguments, StrObject, setStringOperations, stringObjects, textOf } from "./str-object.ts";
import { strRepr } from "./text.ts";
import { floatOf, intOf } from "./to-number.ts";
import { typeName } from "./types.ts";
import { type UndefinedFactory, UndefinedValue } from "./undefined.ts";
import { HostObject, type Kwargs, PyCallable, Tuple } from "./values.ts";

/** What attribute access needs of an environment. */
export interface Lookups {
  readonly undefined: UndefinedFactory;
}

/** A named tuple: a tuple whose items have names. */
export class NamedTuple extends Tuple {
  readonly names: readonly string[];
  constructor(names: readonly string[], items: readonly unknown[]) {
    super(items);
    this.names = names;
  }
}

/** The attributes with double underscores that every Python object has: there, but unsafe. */
const OBJECT_ATTRIBUTES = new Set(
  (
    "__class__ __delattr__ __dir__ __doc__ __eq__ __format__ __ge__ __getattribute__ __getstate__ __gt__ __hash__ __init__ " +
    "__init_subclass__ __le__ __lt__ __ne__ __new__ __reduce__ __reduce_ex__ __repr__ __setattr__ __sizeof__ __str__ __subclasshook__"
  ).split(" "),
);
const SEQUENCE = "__add__ __contains__ __getitem__ __iter__ __len__ __mul__ __rmul__ __getnewargs__".split(" ");
const CONTAINER =
  "__contains__ __getitem__ __iter__ __len__ __setitem__ __delitem__ __reversed__ __class_getitem__ __or__ __ior__ __ror__".split(
    " ",
  );
const NUMBER =
  "__abs__ __add__ __bool__ __divmod__ __float__ __floordiv__ __int__ __mod__ __mul__ __neg__ __pos__ __pow__ __radd__ __round__ __sub__ __truediv__ __trunc__ __getnewargs__".split(
    " ",
  );
const FUNCTION =
  "__call__ __name__ __qualname__ __module__ __self__ __code__ __globals__ __dict__ __closure__ __defaults__ __kwdefaults__ __annotations__ __get__ __wrapped__".split(
    " ",
  );

const UNDEFINED =
  "__add__ __bool__ __call__ __complex__ __div__ __float__ __floordiv__ __getattr__ __getitem__ __int__ __iter__ __len__ __mod__ __module__ __mul__ __neg__ __pos__ __pow__ __radd__ __rdiv__ __rfloordiv__ __rmod__ __rmul__ __rpow__ __rsub__ __rtruediv__ __slots__ __sub__ __truediv__".split(
    " ",
  );
const CLASS = "__mro__ __bases__ __base__ __subclasses__ __class_getitem__ __dict__ __qualname__ __name__".split(" ");

function hasUnsafe(o: unknown, name: string): boolean {
  if (OBJECT_ATTRIBUTES.has(name)) return true;
  if (o instanceof Markup && (name === "__html__" || name === "__html_format__")) return true;
  if (typeof o === "string" || o instanceof Tuple || o instanceof StrObject)
    return SEQUENCE.includes(name) || (typeof o === "string" && (name === "__mod__" || name === "__rmod__"));
  if (Array.isArray(o)) return SEQUENCE.includes(name) || CONTAINER.includes(name) || name === "__iadd__";
  if (o instanceof PyDict || o instanceof PySet) return CONTAINER.includes(name);
  if (isNumber(o)) return NUMBER.includes(name);
  if (o instanceof UndefinedValue) return UNDEFINED.includes(name);
  if (o instanceof PyCallable) return FUNCTION.includes(name) || CLASS.includes(name);
  if (o instanceof HostObject) return name === "__dict__" || name === "__module__" || name === "__weakref__";
  return false;
}

/** A method of a built-in value, as `x.append` without a call gives it. */
class BoundMethod extends PyCallable {
  private readonly self: unknown;
  constructor(name: string, self: unknown, fn: PyCallable["fn"]) {
    super(name, fn);
    this.self = self;
  }
  repr(): string {
    return `<built-in method ${this.name} of ${typeName(this.self)} object at ${address(this)}>`;
  }
}

/** The table of methods of a built-in type. */
function methodsOf(o: unknown): Map<string, Method> | undefined {
  if (typeof o === "string") return strMethods;
  if (o instanceof PyDict) return dictMethods;
  if (Array.isArray(o)) return listMethods;
  if (o instanceof Tuple) return tupleMethods;
  if (o instanceof PySet) return o.frozen ? frozensetMethods : setMethods;
  if (isNumber(o)) return isFloat(o) ? floatMethods : intMethods;
  return undefined;
}

function lookupsFor(env: Lookups): Omit<FieldLookup, "format"> {
  return { attr: (o, name) => pyGetAttr(o, name, env), item: (o, key) => pyGetItem(o, key, env) };
}

/** `str.format` and `str.format_map` in the sandbox. */
function callFormat(
  self: string,
  name: string,
  args: unknown[],
  kwargs: Kwargs,
  env: Lookups,
  format = formatValue,
): string {
  const lookup = { ...lookupsFor(env), format };
  if (name === "format") return strFormat(self, args, kwargs, lookup);
  if (kwargs !== undefined && kwargs.size > 0) throw typeError("format_map() takes no keyword arguments");
  if (args.length !== 1) throw formatMapArguments(args.length);
  const mapping = args[0];
  const get = (key: string) => {
    if (mapping instanceof PyDict) return mapping.get(key);
    if (mapping instanceof HostObject) return mapping.item(key);
    throw typeError(`'${typeName(mapping)}' object is not subscriptable`);
  };
  return strFormatMap(self, get, lookup);
}

/** The attribute of a built-in value, or `undefined`. */
function builtinAttribute(o: unknown, name: string, env: Lookups | undefined): unknown {
  const method = methodsOf(o)?.get(name);
  if (method !== undefined) return new BoundMethod(name, o, (args, kwargs) => method(o as never, args, kwargs));
  if (typeof o === "string" && (name === "format" || name === "format_map") && env !== undefined)
    return new BoundMethod(name, o, (args, kwargs) => callFormat(o, name, args, kwargs, env));
  if (isNumber(o)) return numberAttribute(o, name, isFloat(o));
  if (o instanceof NamedTuple) {
    const i = o.names.indexOf(name);
    return i < 0 ? undefined : o.items[i];
  }
  return undefined;
}

/** `getattr(o, name)` of Python, or `undefined` where there is no such attribute. */
export function attributeOf(o: unknown, name: string, env: Lookups): unknown {
  if (o instanceof HostObject) {
    if (o instanceof StrObject) return stringObjectAttribute(o, name, env);
    return o.attr(name);
  }
  return o instanceof PyCallable ? o.attr(name) : builtinAttribute(o, name, env);
}

function stringObjectAttribute(o: StrObject, name: string, env: Lookups): unknown {
  if (!(o instanceof Markup)) return builtinAttribute(o.text, name, env);
  if (name === "unescape")
    return new MarkupMethod(
      name,
      noArguments(name, () => unescapeHtml(o.text)),
    );
  if (name === "striptags")
    return new MarkupMethod(
      name,
      noArguments(name, () => stripTags(o.text)),
    );
  if (name === "format" || name === "format_map")
    return new MarkupMethod(
      name,
      (args, kwargs) => new Markup(callFormat(o.text, name, args, kwargs, env, formatEscaped)),
    );
  const method = builtinAttribute(o.text, name, env);
  if (!(method instanceof PyCallable)) return method;
  return new MarkupMethod(name, (args, kwargs) => wrapMarkup(method.fn(markupArguments(name, args), kwargs)));
}

function noArguments(name: string, run: () => unknown): PyCallable["fn"] {
  return defineFunction(`${name}()`, run).fn;
}

/** A method of Markup: it has to see which of its arguments are Markup. */
class MarkupMethod extends PyCallable {}

/** `o.name` in a template: the attribute first, then the item; an undefined value where there is neither. */
export function pyGetAttr(o: unknown, name: string, env: Lookups): unknown {
  if (name.charCodeAt(0) === 95 && isPrivate(o, name)) return unsafe(o, name, env);
  if (o instanceof PyDict) {
    if (!dictMethods.has(name)) {
      const v = o.get(name);
      if (v !== undefined) return v;
    }
  }
  const v = attributeOf(o, name, env);
  if (v !== undefined) return v;
  if (o instanceof PyIterator && (name === "gi_frame" || name === "gi_code")) return unsafe(o, name, env);
  const item = itemOf(o, name);
  return item === undefined ? env.undefined({ object: o, name }) : item;
}

function isPrivate(o: unknown, name: string): boolean {
  if (name.startsWith("__") && hasUnsafe(o, name)) return true;
  if (o instanceof UndefinedValue) return true;
  return o instanceof HostObject && !name.startsWith("__") && o.attr(name) !== undefined;
}

function unsafe(o: unknown, name: string, env: Lookups): unknown {
  if (o instanceof UndefinedValue && !hasUnsafe(o, name)) {
    const v = o.attr(name);
    if (!(v instanceof UndefinedValue)) return v;
  }
  return env.undefined({
    hint: `access to attribute ${strRepr(name)} of ${strRepr(typeName(o))} object is unsafe.`,
    object: o,
    name,
    error: "SecurityError",
  });
}

/** `o[key]` of Python, or `undefined` where Python raises a TypeError or LookupError. */
function itemOf(o: unknown, key: unknown): unknown {
  if (o instanceof PyDict) {
    try {
      return o.get(key);
    } catch (e) {
      if (e instanceof JinjaError && e.pythonType === "TypeError") return undefined;
      throw e;
    }
  }
  if (Array.isArray(o) && !(key instanceof PySlice)) return sequenceItem(o, key);
  if (typeof o === "string" && !(key instanceof PySlice)) return strItem(o, key);
  if (o instanceof Tuple && !(key instanceof PySlice)) return sequenceItem(o.items, key);
  try {
    if (key instanceof PySlice && !(o instanceof HostObject || o instanceof PyCallable)) return sliceOf(o, key);
    return o instanceof HostObject || o instanceof PyCallable ? o.item(key) : undefined;
  } catch (e) {
    if (e instanceof JinjaError && (e.is("TypeError") || e.is("LookupError"))) return undefined;
    throw e;
  }
}

/** `o[slice]` of a built-in sequence; `undefined` for other types. */
function sliceOf(o: unknown, slice: PySlice): unknown {
  if (typeof o === "string") return strItem(o, slice);
  if (Array.isArray(o)) return sliceArray(o, slice);
  return o instanceof Tuple ? new Tuple(sliceArray(o.items, slice)) : undefined;
}

function sequenceItem(items: readonly unknown[], key: unknown): unknown {
  if (typeof key === "number" && Number.isInteger(key)) return key < 0 ? items[key + items.length] : items[key];
  if (typeof key === "boolean") return items[key ? 1 : 0];
  return undefined;
}

/** `o[key]` in a template: the item first, then the attribute; an undefined value where there is neither. */
export function pyGetItem(o: unknown, key: unknown, env: Lookups): unknown {
  const item = itemOf(o, key);
  if (item !== undefined) return item;
  const name = textOf(key);
  if (name !== undefined) {
    if (name.charCodeAt(0) === 95 && isPrivate(o, name)) return unsafe(o, name, env);
    const v = attributeOf(o, name, env);
    if (v !== undefined) return v;
  }
  return env.undefined({ object: o, name: name ?? key });
}

/** `o[start:stop:step]`. */
export function pySlice(o: unknown, start: unknown, stop: unknown, step: unknown): unknown {
  const slice = new PySlice(start, stop, step);
  if (o instanceof PyDict) throw typeError("unhashable type: 'slice'");
  const v = o instanceof HostObject || o instanceof PyCallable ? o.item(slice) : sliceOf(o, slice);
  if (v !== undefined) return v;
  throw typeError(`'${typeName(o)}' object is not subscriptable`);
}

/** `f(*args, **kwargs)`; the answer may be a promise in execution. */
export function pyCall(f: unknown, args: unknown[], kwargs: Kwargs): unknown {
  if (f instanceof PyCallable) {
    const r = f.fn(stringObjects.seen && !(f instanceof MarkupMethod) ? plainArguments(args) : args, kwargs);
    return r === undefined ? null : r;
  }
  if (f instanceof HostObject) {
    const r = f.call(args, kwargs);
    if (r !== undefined) return r;
  }
  throw typeError(`'${typeName(f)}' object is not callable`);
}

/** `o.name(*args, **kwargs)` without making a bound method where the type is built in. */
export function pyCallMethod(o: unknown, name: string, args: unknown[], kwargs: Kwargs, env: Lookups): unknown {
  if (typeof o === "string") {
    const method = strMethods.get(name);
    if (method !== undefined) return method(o as never, args, kwargs);
    if (name === "format" || name === "format_map") return callFormat(o, name, args, kwargs, env);
  } else if (Array.isArray(o)) {
    const method = listMethods.get(name);
    if (method !== undefined) return method(o as never, args, kwargs);
  } else if (o instanceof PyDict) {
    const method = dictMethods.get(name);
    if (method !== undefined) return method(o as never, args, kwargs);
  }
  return pyCall(pyGetAttr(o, name, env), args, kwargs);
}

setStringOperations({
  attr: (text, name) => builtinAttribute(text, name, undefined),
  item: itemOf,
  contains: pyContains,
  str: pyStr,
  repr: pyRepr,
  toInt: intOf,
  toFloat: floatOf,
  binary: (op, a, b) => (op === "+" ? pyAdd(a, b) : op === "*" ? pyMul(a, b) : pyMod(a, b)),
});
