/**
 * What a claim decides: that the messages of one partition from offset `first` up to, not including, `next` go into objects
 * of their own. Whoever finds it stores that very range.
 */
export interface Range {
  first: number;
  next: number;
}

/** A range as it stands in S3, with all else that its objects depend on besides the messages. */
export interface Claim extends Range {
  /** Ingestion time, in milliseconds since 1970. */
  time: number;
  /** How the objects are named and written. Only whoever stores them looks inside. */
  layout: unknown;
}

/**
 * The first claim of a partition's chain: it holds no messages and fixes where the chain begins, so that two processes that
 * start at once begin at the same offset.
 */
export const GENESIS = -1;

/** What is known of a partition when it is taken over. */
export interface Located {
  /** The group's committed offset, if there is one. */
  committed: number | undefined;
  /** First offsets of the claims at or after the committed offset (of the newest one alone where nothing is committed). */
  claims: readonly number[];
  /** The claim with the greatest first offset that is not after the committed one. */
  covering: Range | undefined;
  /** Where the chain begins, or where to begin it if nobody has begun yet. */
  origin: number;
}

/** Where to go on, and which claims lie ahead, ascending. */
export interface Start {
  first: number;
  ahead: number[];
}

/**
 * Chooses the offset to go on from. A committed offset within a claimed range (somebody reset it by hand) goes back to the
 * range's beginning; one before the chain's beginning is taken as it is, and the chain met where it begins. Without one the newest claim is right: whoever made it had stored everything before it.
 */
export function chooseStart({ committed, claims, covering, origin }: Located): Start {
  if (committed === undefined) return { first: claims.length ? Math.max(...claims) : GENESIS, ahead: [] };
  const within = covering && covering.first !== GENESIS && covering.next > committed;
  const first = within ? covering.first : committed;
  const ahead = new Set([...claims, origin].filter((claim) => claim > first));
  return { first, ahead: [...ahead].sort((a, b) => a - b) };
}
