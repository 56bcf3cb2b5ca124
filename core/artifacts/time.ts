/** A point in time to the microsecond, as artifacts write it: microseconds since 1970, UTC. */
export type Moment = number;

/** Now, to the microsecond. */
export function now(): Moment {
  return Math.round((performance.timeOrigin + performance.now()) * 1000);
}

export function momentOf(date: Date): Moment {
  return date.getTime() * 1000;
}

/** `2026-11-24T03:30:06.722635Z` */
export function isoMoment(moment: Moment): string {
  const millis = Math.floor(moment / 1000);
  const micros = String(moment - millis * 1000).padStart(3, "0");
  return `${new Date(millis).toISOString().slice(0, -1)}${micros}Z`;
}

export function secondsBetween(from: Moment, to: Moment): number {
  return (to - from) / 1e6;
}
