import { describe, expect, it } from "vitest";
import { chooseStart } from "../../../sink/protocol/claim.ts";
import { noCounts, runSchedule } from "../../support/sink-model.ts";
import { findFault } from "../../support/sink-schedules.ts";

describe("the sink's protocol", () => {
  it("keeps every message exactly once, whatever happens", () => {
    const counts = noCounts();
    expect(findFault({ runs: 4000, seed: 8, counts })).toBeUndefined();
    for (const count of Object.values(counts)) expect(count).toBeGreaterThan(100);
  }, 60_000);

  it("loses messages without its claims", () => {
    const fault = findFault({ runs: 20_000, seed: 8, variant: { withoutClaims: true }, fault: /lost/ });
    expect(fault?.faults[0]).toMatch(/is lost/);
  });

  it("loses messages when offsets are committed before they are stored", () => {
    const fault = findFault({ runs: 20_000, seed: 8, variant: { commitEarly: true }, fault: /lost/ });
    expect(fault?.faults[0]).toMatch(/is lost/);
  });

  it("stores found ranges whole", () => {
    expect(findFault({ runs: 20_000, seed: 8, variant: { ignoreFoundRange: true } })).toBeDefined();
  });

  it("stores all in a world where nothing happens", () => {
    const counts = noCounts();
    expect(runSchedule([6], counts)).toEqual([]);
    expect(counts.messages).toBeGreaterThan(0);
  });
});

describe("where a partition goes on", () => {
  const none = { committed: undefined, claims: [], covering: undefined, origin: 7 };

  it("begins the chain where nobody has begun", () => expect(chooseStart(none)).toEqual({ first: -1, ahead: [] }));

  it("goes on from the newest claim where the group has no offset", () =>
    expect(chooseStart({ ...none, claims: [400] })).toEqual({ first: 400, ahead: [] }));

  it("goes on from the committed offset", () =>
    expect(
      chooseStart({ ...none, committed: 500, claims: [700, 500, 600], covering: { first: 500, next: 600 } }),
    ).toEqual({
      first: 500,
      ahead: [600, 700],
    }));

  it("goes back to the beginning of a range that an offset set by hand falls into", () =>
    expect(chooseStart({ ...none, committed: 550, claims: [600], covering: { first: 500, next: 600 } })).toEqual({
      first: 500,
      ahead: [600],
    }));

  it("meets the chain where it begins, after an offset set to before it", () =>
    expect(chooseStart({ committed: 3, claims: [20], covering: { first: -1, next: 7 }, origin: 7 })).toEqual({
      first: 3,
      ahead: [7, 20],
    }));
});
