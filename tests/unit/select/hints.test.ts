import { expect, test } from "vitest";
import { EventBus } from "../../../core/events/event.ts";
import { selectNodes } from "../../../core/select/index.ts";
import { fixtureManifest } from "./fixture.ts";

function warned(...select: string[]): string[] {
  const events = new EventBus();
  const messages: string[] = [];
  events.subscribe((event) => {
    if (event.level === "warn") messages.push(event.message);
  });
  selectNodes(fixtureManifest(), { select, events });
  return messages;
}

const hints: [criterion: string, hint: string][] = [
  [
    "stg_orders,stg_events",
    "a comma intersects, and nothing is in all of them at once: write `-s stg_orders stg_events`",
  ],
  ["stg_orders,nope_at_all", "'nope_at_all' alone matches nothing"],
  ["revenu", "did you mean 'revenue'"],
  ["nightly", "'nightly' is a tag: write `-s tag:nightly`"],
  ["+nightly", "`-s +tag:nightly`"],
  ["ads", "'ads' is a source: write `-s source:ads`"],
  ["retired", "model 'retired' is disabled (models/marts/ops/retired.sql)"],
  ["tag:nigthly", "did you mean 'nightly'?"],
  ["source:webb", "did you mean 'web'?"],
  ["path:models/stagging", "did you mean 'models/staging'"],
  ["stg_order.sql", "did you mean 'stg_orders.sql'?"],
  ["test_name:uniqe", "did you mean 'unique'?"],
];

for (const [criterion, hint] of hints) {
  test(criterion, () => {
    const [message] = warned(criterion);
    expect(message).toContain(`The selection criterion '${criterion}' does not match any enabled nodes`);
    expect(message).toContain(`hint: `);
    expect(message).toContain(hint);
  });
}

test("an unknown method names the nearest", () => {
  expect(() => warned("tagg:x")).toThrow("'tagg' is not a valid method name");
});

test("selectors that name each other are refused with their path", () => {
  const selectors = {
    selectors: [
      { name: "a", definition: { method: "selector", value: "b" } },
      { name: "b", definition: { method: "selector", value: "a" } },
    ],
  };
  expect(() => selectNodes(fixtureManifest(), { selector: "a", selectors })).toThrow(
    /Circular dependency detected in selector: b -> a -> b|a -> b -> a/,
  );
});

const broken: [what: string, definition: unknown, message: string][] = [
  ["two root keys", { union: [], intersection: [] }, "Only a single 'union' or 'intersection' key is allowed"],
  ["no list", { union: "tag:x" }, 'Invalid value for key "union". Expected a list.'],
  ["a number", { union: [3] }, 'Invalid value in key "union"'],
  ["half a method", { method: "tag", valeu: "x" }, 'Expected either 1 key or else "method" and "value" keys'],
  ["an unknown method", { tagg: "x" }, "'tagg' is not a valid method name"],
  [
    "two excludes",
    { union: [{ exclude: ["a"] }, { exclude: ["b"] }] },
    "You cannot provide multiple exclude arguments",
  ],
];

for (const [what, definition, message] of broken) {
  test(`a selector with ${what} is refused`, () => {
    const selectors = { selectors: [{ name: "broken", definition }] };
    expect(() => selectNodes(fixtureManifest(), { selector: "broken", selectors })).toThrow(message);
  });
}
