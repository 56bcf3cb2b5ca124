import { z } from "zod";
import { SinkError } from "../errors.ts";
import type { Layout } from "../layout/index.ts";
import type { TopicPartition } from "../message.ts";
import { type Claim, GENESIS, type Located, type Range } from "../protocol/index.ts";
import type { Store } from "./s3.ts";

/** Where the claims of partitions stand. */
export interface Claims {
  /** Puts a claim, or answers the one that stands there already. */
  put(from: TopicPartition, claim: Claim & { layout: Layout }): Promise<Claim>;
  /** What the claims tell of where to go on; `begin` is asked where nobody has begun. */
  locate(from: TopicPartition, committed: number | undefined, begin: () => Promise<number>): Promise<Located>;
}

const NEWEST = Number.MAX_SAFE_INTEGER;
const WIDTH = String(NEWEST).length;

const claimSchema = z.object({
  version: z.literal(1),
  first: z.int(),
  next: z.int(),
  time: z.int(),
  layout: z.unknown(),
});

/** Claims as objects under a prefix. Their names sort from the newest to the oldest, so that one listing finds the newest. */
export function claimsIn(store: Store, prefix: string): Claims {
  const folder = ({ topic, topicId, partition }: TopicPartition) => `${prefix}/${topic}/${topicId}/${partition}/`;
  const keyOf = (from: TopicPartition, first: number) =>
    `${folder(from)}${String(NEWEST - first).padStart(WIDTH, "0")}_${first === GENESIS ? "begin" : first}.json`;

  const get = async (from: TopicPartition, first: number): Promise<Claim | undefined> => {
    const key = keyOf(from, first);
    const body = await store.get(key);
    return body && parseClaim(body, key, first);
  };

  return {
    async put(from, claim) {
      const { topic, topicId, partition } = from;
      const body = Buffer.from(`${JSON.stringify({ version: 1, topic, topicId, partition, ...claim })}\n`);
      if (await store.putNew(keyOf(from, claim.first), body, { contentType: "application/json" })) return claim;
      const found = await get(from, claim.first);
      if (!found) throw new SinkError(`the claim ${keyOf(from, claim.first)} was there and is gone`);
      return found;
    },

    async locate(from, committed, begin) {
      const within = folder(from);
      const claims: number[] = [];
      let covering: Range | undefined;
      let after: string | undefined;
      const most = committed === undefined ? 1 : 1000;
      do {
        const keys: string[] = await store.list(within, { most, ...(after && { after }) });
        after = keys.length === most ? keys.at(-1) : undefined;
        for (const key of keys) {
          const first = firstOf(key);
          if (committed === undefined || first >= committed) claims.push(first);
          if (committed === undefined || first <= committed) {
            after = undefined;
            if (first <= (committed ?? GENESIS)) covering = await get(from, first);
            break;
          }
        }
      } while (after);
      const origin = (await get(from, GENESIS))?.next ?? committed ?? (await begin());
      return { committed, claims, covering, origin };
    },
  };
}

function firstOf(key: string): number {
  return NEWEST - Number(key.slice(key.lastIndexOf("/") + 1).split("_")[0]);
}

function parseClaim(body: Buffer, key: string, first: number): Claim {
  const hint = "a claim is never changed by hand; see docs/sink.md";
  let found: ReturnType<typeof claimSchema.safeParse>;
  try {
    found = claimSchema.safeParse(JSON.parse(body.toString()));
  } catch (error) {
    throw new SinkError(`the claim ${key} is no JSON`, { hint, cause: error });
  }
  if (!found.success || found.data.first !== first || found.data.next <= first)
    throw new SinkError(`the claim ${key} cannot be understood`, { hint });
  return { ...found.data, layout: found.data.layout };
}
