import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { compileTemplate, templateProblem, zoned } from "../../../sink/layout/path-template.ts";

describe("a path template", () => {
  it.each([
    ["{partition}/{offset}", false, undefined],
    ["{topic}/{partition}/{offset}", true, undefined],
    ["{partition}/{offset}", true, "{topic} is missing"],
    ["%Y/{offset}", false, "{partition} is missing"],
    ["{partition}/x", false, "{offset} is missing"],
    ["{partition}{offset}", false, "something must stand between"],
    ["%S{partition}-{offset}", false, "something must stand between"],
    ["{partition}-{offset}%S", false, "something must stand between"],
    ["{partition}-{offset}-{nope}", false, "unknown {nope}"],
    ["{partition}-{offset}-%q", false, "unknown %q"],
    ["/{partition}-{offset}", false, "neither begins with /"],
  ])("%s, several topics: %s", (template, several, problem) => {
    const found = templateProblem(template, several);
    if (problem) expect(found).toContain(problem);
    else expect(found).toBeUndefined();
  });

  it("that is accepted gives each range its own name", () => {
    const piece = fc.constantFrom("{topic}", "{partition}", "{offset}", "%Y", "%S", "-", "/", "a", "7", "{ext}");
    const range = fc.record({
      partition: fc.nat(120),
      offset: fc.oneof(fc.nat(30), fc.nat(2 ** 40)),
    });
    const template = fc
      .tuple(
        fc.array(piece, { maxLength: 3 }),
        fc.array(piece, { maxLength: 3 }),
        fc.array(piece, { maxLength: 3 }),
        fc.boolean(),
      )
      .map(([before, between, after, turned]) => {
        const [first, second] = turned ? ["{offset}", "{partition}"] : ["{partition}", "{offset}"];
        return [...before, first, ...between, second, ...after].join("");
      });
    let accepted = 0;
    fc.assert(
      fc.property(template, range, range, (text, one, other) => {
        if (templateProblem(text, false)) return true;
        accepted++;
        const name = ({ partition, offset }: typeof one) =>
          compileTemplate(text, { topic: "a-1", topicId: "t", partition, offset, ext: "" })(zoned("UTC")(0));
        return name(one) !== name(other) || (one.partition === other.partition && one.offset === other.offset);
      }),
      { numRuns: 10_000 },
    );
    expect(accepted).toBeGreaterThan(200);
  });
});

describe("times in a zone", () => {
  const text = (zone: string, ms: number) => {
    const field = zoned(zone)(ms);
    return `${field("Y")}-${field("m")}-${field("d")} ${field("H")}:${field("M")}:${field("S")}`;
  };

  it.each([
    ["UTC", "2026-01-01T00:00:00Z", "2026-01-01 00:00:00"],
    ["Asia/Kathmandu", "2026-01-01T00:00:07Z", "2026-01-01 05:45:07"],
    ["Europe/Berlin", "2026-03-29T00:59:59Z", "2026-03-29 01:59:59"],
    ["Europe/Berlin", "2026-03-29T01:00:00Z", "2026-03-29 03:00:00"],
    ["America/New_York", "2026-11-01T06:00:00Z", "2026-11-01 01:00:00"],
    ["America/New_York", "1969-12-31T23:59:59Z", "1969-12-31 18:59:59"],
  ])("%s %s", (zone, time, expected) => expect(text(zone, Date.parse(time))).toBe(expected));
});
