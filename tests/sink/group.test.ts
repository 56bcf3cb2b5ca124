import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, beforeEach, expect, inject, it } from "vitest";
import { configSchema } from "../../sink/config/index.ts";
import { joinGroup } from "../../sink/kafka/group.ts";
import { openLog } from "../../sink/run/log.ts";
import { World } from "./world.ts";

let world: World;

beforeEach(async () => {
  world = await World.open(inject("bootstrap"), inject("s3"), "group");
});
afterEach(() => world.close());

it("can be left at any moment of joining", async () => {
  const topic = await world.topic("prices");
  const { kafka, log } = configSchema.parse({
    kafka: { brokers: [world.bootstrap], group: world.group, topics: [topic] },
    s3: { bucket: "none" },
    log: { level: "error" },
  });
  const strange: unknown[] = [];
  const note = (error: unknown) => strange.push(error);
  process.on("uncaughtException", note);
  try {
    for (let ms = 0; ms < 120; ms += 2) {
      const group = joinGroup(kafka, openLog(log.level));
      group.subscribe([topic]);
      await sleep(ms);
      await group.close().catch(() => undefined);
    }
    await sleep(200);
  } finally {
    process.off("uncaughtException", note);
  }
  expect(strange).toEqual([]);
});
