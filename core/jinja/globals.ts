import { typeError } from "./errors.ts";
import { PyDict } from "./runtime/dict.ts";
import { dictMethods } from "./runtime/dict-methods.ts";
import { defineFunction, type Method } from "./runtime/function.ts";
import { makeRange } from "./runtime/iterate.ts";
import { Cycler, Joiner, makeDict, Namespace } from "./runtime/namespace.ts";
import { pyRepr } from "./runtime/repr.ts";
import { pyTruth } from "./runtime/truth.ts";
import { HostObject, type Kwargs, PyCallable, Tuple } from "./runtime/values.ts";

/** A Python class among the globals, such as `dict`: callable, shown as a class. */
class PyClass extends PyCallable {
  repr(): string {
    return `<class '${this.name === "dict" ? "dict" : `jinja2.utils.${this.name}`}'>`;
  }
}

/** The class `dict` itself: subscribing it names a type, as in `dict[str, int]`. */
class DictClass extends PyClass {
  override attr(name: string): unknown {
    return name === "fromkeys"
      ? new PyCallable(name, (args, kwargs) => fromKeys(new PyDict() as never, args, kwargs))
      : undefined;
  }
  override item(key: unknown): unknown {
    return new GenericAlias(key);
  }
}
const fromKeys = dictMethods.get("fromkeys") as Method;

class GenericAlias extends HostObject {
  readonly typeName = "GenericAlias";
  private readonly key: unknown;
  constructor(key: unknown) {
    super();
    this.key = key;
  }
  override call(args: unknown[], kwargs: Kwargs): unknown {
    return makeDict(args, kwargs);
  }
  override repr(): string {
    const items = this.key instanceof Tuple ? this.key.items : [this.key];
    return `dict[${items.map(pyRepr).join(", ")}]`;
  }
}

const WORDS =
  "a ac accumsan ad adipiscing aenean aliquam aliquet amet ante aptent arcu at auctor augue bibendum blandit class commodo " +
  "condimentum congue consectetuer consequat conubia convallis cras cubilia cum curabitur curae cursus dapibus diam dictum " +
  "dignissim dis dolor donec dui duis egestas eget eleifend elementum elit enim erat eros est et etiam eu euismod facilisi";

function lipsum(n: number, html: boolean, min: number, max: number): string {
  const words = WORDS.split(" ");
  const paragraphs: string[] = [];
  for (let i = 0; i < n; i++) {
    const count = min + Math.floor(Math.random() * (max - min));
    const text = Array.from({ length: count }, () => words[Math.floor(Math.random() * words.length)]).join(" ");
    const sentence = `${text.slice(0, 1).toUpperCase()}${text.slice(1)}.`;
    paragraphs.push(html ? `<p>${sentence}</p>` : sentence);
  }
  return paragraphs.join(html ? "\n" : "\n\n");
}

/** The globals every Jinja2 template sees. */
export const defaultGlobals: ReadonlyMap<string, unknown> = new Map<string, unknown>([
  [
    "range",
    new PyCallable("safe_range", (args, kwargs) => {
      if (kwargs !== undefined && kwargs.size > 0) throw typeError("range() takes no keyword arguments");
      return makeRange(args);
    }),
  ],
  ["dict", new DictClass("dict", makeDict)],
  ["namespace", new PyClass("Namespace", (args, kwargs) => new Namespace(args, kwargs))],
  ["cycler", new PyClass("Cycler", defineFunction("Cycler.__init__(*items)", (items) => new Cycler(items)).fn)],
  ["joiner", new PyClass("Joiner", defineFunction("Joiner(sep=', ')", (sep) => new Joiner(sep)).fn)],
  [
    "lipsum",
    defineFunction("generate_lorem_ipsum(n=5, html=True, min=20, max=100)", (n, html, min, max) =>
      lipsum(n, pyTruth(html), min, max),
    ),
  ],
]);
