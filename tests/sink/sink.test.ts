import { afterEach, beforeEach, describe, expect, inject, it, vi } from "vitest";
import { World } from "./world.ts";

let world: World;

beforeEach(async () => {
  world = await World.open(inject("bootstrap"), inject("s3"), "sink");
});
afterEach(() => world.close());

const WAIT = { timeout: 60_000, interval: 200 };

describe("tsdbt-sink", () => {
  it("stores every message of all partitions once", async () => {
    const topic = await world.topic("prices", 3);
    const values = Array.from({ length: 1000 }, (_, id) => ({ id, price: id / 7 }));
    await world.send(topic, values);
    const sink = world.start({ kafka: { topics: [topic] } });
    await vi.waitFor(async () => expect(await world.rows()).toHaveLength(1000), WAIT);
    expect(await sink.end()).toBe(0);
    const ids = (await world.rows<{ id: number }>()).map(({ id }) => id).sort((a, b) => a - b);
    expect(ids).toEqual(values.map(({ id }) => id));
    expect(sink.stderr).toBe("");
    expect(sink.log.find(({ message }) => message === "statistics")).toMatchObject({ stored: 1000, deadLetters: 0 });
  });
});
