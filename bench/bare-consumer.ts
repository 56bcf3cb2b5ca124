/** Counts the messages of a topic with the client that the sink uses; prints the seconds from the first fetch to the last message. */
import { Consumer } from "@platformatic/kafka";

const [bootstrap, topic, count, group] = process.argv.slice(2) as [string, string, string, string];
const consumer = new Consumer({
  clientId: "bare",
  bootstrapBrokers: [bootstrap],
  groupId: group,
  groupProtocol: "consumer",
});
const stream = await consumer.consume({
  topics: [topic],
  mode: "earliest",
  autocommit: false,
  maxBytes: 8 * 1024 ** 2,
});
let seen = 0;
let began = 0;
stream.on("data", () => {
  began ||= performance.now();
  if (++seen < Number(count)) return;
  console.log((performance.now() - began) / 1000);
  process.exit();
});
