import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, inject, it, vi } from "vitest";
import { type RunningKafka, startKafka } from "../services/kafka.ts";
import { ALICE, bearerToken } from "../services/kafka-secure.ts";
import { startSinkProcess, WAIT, World } from "./world.ts";

let kafka: RunningKafka;
let world: World;

beforeAll(async () => {
  kafka = await startKafka({ secure: true });
});
afterAll(() => kafka?.stop());
beforeEach(async () => {
  world = await World.open(kafka.bootstrap, inject("s3"), "secure");
});
afterEach(() => world.close());

const scram = (mechanism: string) => ({ mechanism, ...ALICE });

describe("SASL over TLS", () => {
  it.each([
    { mechanism: "PLAIN", ...ALICE },
    scram("SCRAM-SHA-256"),
    scram("SCRAM-SHA-512"),
    { mechanism: "OAUTHBEARER", token: bearerToken("alice") },
  ])("lets $mechanism in", async (sasl) => {
    const topic = await world.topic("prices");
    await world.send(topic, [{ id: 1 }, { id: 2 }, "{"]);
    const dead = await world.topic("dead");
    const { bootstrap, ca } = kafka.secure!;
    const sink = world.start({
      kafka: { topics: [topic], brokers: [bootstrap], sasl, tls: { ca } },
      dead_letters: { topic: dead },
    });
    await vi.waitFor(async () => expect(await world.caughtUp(topic)).toBe(true), WAIT);
    expect(await world.rows()).toEqual([{ id: 1 }, { id: 2 }]);
    expect(await world.committed(dead)).toHaveLength(1);
    expect(await sink.end()).toBe(0);
  });

  it.each([
    ["a wrong password of PLAIN", { sasl: { ...scram("PLAIN"), password: "no-secret" } }],
    ["a wrong password of SCRAM", { sasl: { ...scram("SCRAM-SHA-512"), password: "no-secret" } }],
    ["an expired token", { sasl: { mechanism: "OAUTHBEARER", token: bearerToken("alice", true) } }],
    ["another authority", { sasl: scram("PLAIN"), tls: "otherCa" as const }],
  ])(
    "is not passed by %s, and no secret is shown",
    async (_, { sasl, tls = "ca" as const }: { sasl: object; tls?: "ca" | "otherCa" }) => {
      const secure = kafka.secure!;
      const config = world.config({
        kafka: { topics: ["t"], brokers: [secure.bootstrap], sasl, tls: { ca: secure[tls] } },
      });
      const check = startSinkProcess(["check", "--config", config]);
      expect(await check.ended).toBe(1);
      const said = check.log.map(({ text }) => text).join("\n");
      expect(said).toMatch(/^FAIL {2}brokers localhost:\d+: \S/m);
      for (const secret of ["no-secret", ALICE.password, "eyJ"]) expect(said + check.stderr).not.toContain(secret);
    },
  );

  it("says which file it cannot read", async () => {
    const ca = join(world.folder, "none.pem");
    const config = world.config({ kafka: { topics: ["t"], tls: { ca } } });
    const check = startSinkProcess(["check", "--config", config]);
    expect(await check.ended).not.toBe(0);
    expect(check.log.map(({ text }) => text).join("\n") + check.stderr).toContain(`cannot read ${ca}`);
  });
});
