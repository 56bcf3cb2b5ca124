import { defineFunction, Environment, HostObject, type PyCallable, pyStr } from "../../../jinja/index.ts";
import { GRANULARITIES } from "../enums.ts";

/** What a text such as `{{ Dimension('order_id__country').grain('day') }}` names. */
export interface Item {
  type: "Dimension" | "TimeDimension" | "Entity" | "Metric";
  name: string;
  path: readonly string[];
  grain: string | null;
  datePart: string | null;
  groupBy: readonly string[];
  descending: boolean | null;
}

/** A text that names something wrongly; the message is dbt's. */
export class ItemProblem extends Error {}

const SIGNATURES: { [type in Item["type"]]: string } = {
  Dimension: "Dimension(name, entity_path=None)",
  TimeDimension:
    "TimeDimension(time_dimension_name, time_granularity_name=None, entity_path=None, descending=None, date_part_name=None)",
  Entity: "Entity(entity_name, entity_path=None)",
  Metric: "Metric(metric_name, group_by=None)",
};

const environment = new Environment();

/** The items of a template, in order. `ordering` lets each of them be `.descending(…)`. @throws ItemProblem */
export function itemsOf(template: string, { ordering = false } = {}): Item[] {
  const items: Item[] = [];
  const names = new Map<string, PyCallable>();
  for (const type of Object.keys(SIGNATURES) as Item["type"][]) {
    const methods =
      type === "Dimension" ? ["descending", "grain", "date_part"] : ordering ? ["descending"] : ([] as string[]);
    names.set(
      type,
      defineFunction(SIGNATURES[type], (...args: unknown[]) => new ItemObject(itemFrom(type, args), items, methods)),
    );
  }
  const get = (name: string): unknown => {
    const known = names.get(name);
    if (known === undefined) throw new ItemProblem(name);
    return known;
  };
  try {
    environment.compile(template).render({ get });
  } catch {
    throw new ItemProblem(`Error while parsing Jinja template:\n${template}`);
  }
  return items;
}

function itemFrom(type: Item["type"], args: unknown[]): Item {
  const item: Item = {
    type,
    name: pyStr(args[0]),
    path: [],
    grain: null,
    datePart: null,
    groupBy: [],
    descending: null,
  };
  const text = (value: unknown) => (value === null || value === undefined ? null : pyStr(value));
  if (type === "TimeDimension") {
    return { ...item, grain: text(args[1]), path: strings(args[2]), datePart: text(args[4]) };
  }
  return type === "Metric" ? { ...item, groupBy: strings(args[1]) } : { ...item, path: strings(args[1]) };
}

function strings(value: unknown): string[] {
  const items = value instanceof HostObject ? value.iterate() : Array.isArray(value) ? value : undefined;
  return items ? [...items].map(pyStr) : [];
}

class ItemObject extends HostObject {
  readonly typeName = "Item";
  private readonly about: Item;
  private readonly seen: Item[];
  private readonly methods: readonly string[];

  constructor(item: Item, seen: Item[], methods: readonly string[]) {
    super();
    this.about = item;
    this.seen = seen;
    this.methods = methods;
  }

  override attr(name: string): unknown {
    if (!this.methods.includes(name)) return undefined;
    return defineFunction(`${name}(value=True)`, (value: unknown) => {
      const changed =
        name === "grain"
          ? { grain: pyStr(value) }
          : name === "date_part"
            ? { datePart: pyStr(value) }
            : { descending: value === true };
      return new ItemObject({ ...this.about, ...changed }, this.seen, this.methods);
    });
  }

  override str(): string {
    this.seen.push(this.about);
    return "";
  }
}

/** The element an item names, with the granularity that is asked for. @throws ItemProblem */
export function elementOf(
  item: Item,
  custom: readonly string[],
  { ordering = false } = {},
): { name: string; grain: string | null } {
  if (item.type === "Metric") {
    if (!ordering && item.groupBy.length === 0) {
      throw new ItemProblem(
        "`group_by` parameter is required for Metric in where filter. This is needed to determine 1) the granularity to " +
          "aggregate the metric to and 2) how to join the metric to the rest of the query.",
      );
    }
    return { name: item.name, grain: null };
  }
  const timed = item.type === "TimeDimension" || (item.type === "Dimension" && (item.grain || item.datePart));
  const { links, name, grain } = parsedName(item.name, timed ? custom : []);
  if (item.type === "Entity") {
    if (grain === null) return { name, grain: null };
    throw new ItemProblem(`Name is in an incorrect format: '${item.name}'. It should not contain a time grain suffix.`);
  }
  if (links !== 1 && name !== "metric_time") {
    throw new ItemProblem(
      `Name is in an incorrect format: '${item.name}'. It should be of the form: <primary entity name>__<dimension_name>`,
    );
  }
  if (timed && grain !== null && item.grain !== null && item.grain !== grain) {
    throw new ItemProblem(
      `Received different grains in \`time_dimension_name\` parameter ('${item.name}') and \`time_granularity_name\` ` +
        `parameter ('${item.grain}'). Remove the grain suffix (\`${grain}\`) from the time dimension name and use the ` +
        "`time_granularity_name` parameter to specify the intendend grain.",
    );
  }
  return { name, grain: timed ? (grain ?? item.grain) : null };
}

function parsedName(text: string, custom: readonly string[]): { links: number; name: string; grain: string | null } {
  const parts = text.split("__");
  const last = parts.at(-1) as string;
  if (parts.length === 1) return { links: 0, name: last, grain: null };
  if (!GRANULARITIES.includes(last) && !custom.includes(last))
    return { links: parts.length - 1, name: last, grain: null };
  return { links: parts.length - 2, name: parts.at(-2) as string, grain: last };
}
