import { describe, expect, it } from "vitest";
import { cteName, injectCtes } from "../../../core/compile/inject-ctes.ts";
import cases from "./inject-ctes.cases.json" with { type: "json" };

const ctes = [
  { id: "m", sql: ` ${cteName("m")} as (\nselect 2\n)` },
  { id: "n", sql: ` ${cteName("n")} as (\nselect 3\n)` },
];

describe("injectCtes", () => {
  for (const { sql, result } of cases) {
    it(JSON.stringify(sql), () => expect(injectCtes(sql, ctes)).toBe(result));
  }
  it("leaves SQL alone where there is nothing to inject", () => {
    expect(injectCtes("select 1; select 2", [])).toBe("select 1; select 2");
  });
});
