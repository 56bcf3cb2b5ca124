import type { Config } from "../config/index.ts";
import { messageOf } from "../errors.ts";
import { newAdmin } from "../kafka/connect.ts";
import type { Fetcher } from "../kafka/fetcher.ts";
import type { Group } from "../kafka/group.ts";
import type { Log } from "./log.ts";

const LOOK_MS = 60_000;
const SOON_MS = 2000;

/** Subscribes the configured topics that exist, and looks again every minute for those of the pattern. */
export function keepSubscribed(config: Config, group: Group, fetcher: Fetcher, log: Log): { stop(): Promise<void> } {
  const { topics, pattern } = config.kafka;
  const expression = pattern === undefined ? undefined : new RegExp(pattern);
  const admin = expression && newAdmin(config.kafka);
  let subscribed = "";
  let timer: NodeJS.Timeout | undefined;
  let stopped = false;

  const look = async () => {
    let again = LOOK_MS;
    try {
      const named = topics.length ? await fetcher.topics(topics) : new Map();
      const missing = topics.filter((topic) => !named.has(topic));
      if (missing.length) {
        log.warn({ topics: missing }, "topics do not exist, waiting for them");
        again = SOON_MS;
      }
      const matching = expression && admin ? (await admin.listTopics()).filter((topic) => expression.test(topic)) : [];
      const wanted = [...new Set([...named.keys(), ...matching])].sort();
      if (wanted.length && wanted.join(" ") !== subscribed) {
        subscribed = wanted.join(" ");
        log.info({ topics: wanted }, "subscribed");
        group.subscribe(wanted);
      }
      if (!wanted.length) again = SOON_MS;
    } catch (error) {
      log.warn({ error: messageOf(error) }, "the brokers do not answer, trying again");
      again = SOON_MS;
    }
    if (!stopped) timer = setTimeout(look, again);
  };
  void look();
  return {
    async stop() {
      stopped = true;
      clearTimeout(timer);
      await admin?.close().catch(() => undefined);
    },
  };
}
