import type { Config } from "../config/index.ts";
import { Unhealable } from "../errors.ts";
import type { Prepared } from "../layout/index.ts";

/** Watches how many messages become dead letters. */
export interface DeadShare {
  /** Fails, before anything is claimed, when a batch would bring the share of the last messages above the limit. */
  check(batch: Prepared, of: { topic: string; partition: number }): void;
}

export function newDeadShare({ max_share, window }: Config["dead_letters"]): DeadShare {
  const recent: { good: number; dead: number }[] = [];
  let good = 0;
  let dead = 0;
  return {
    check(batch, { topic, partition }) {
      recent.push({ good: batch.good.length, dead: batch.dead.length });
      good += batch.good.length;
      dead += batch.dead.length;
      while (recent.length > 1 && good + dead - recent[0]!.good - recent[0]!.dead >= window) {
        const oldest = recent.shift()!;
        good -= oldest.good;
        dead -= oldest.dead;
      }
      const share = dead / (good + dead || 1);
      if (max_share >= 1 || good + dead < window || share <= max_share) return;
      const example = batch.dead[0];
      throw new Unhealable(
        `${dead} of the last ${good + dead} messages would be dead letters, more than dead_letters.max_share of ${max_share}`,
        {
          hint: `nothing of the last batch was stored or committed${example ? `; for example, offset ${example.message.offset} of ${topic}, partition ${partition}: ${example.detail}` : ""}`,
        },
      );
    },
  };
}
