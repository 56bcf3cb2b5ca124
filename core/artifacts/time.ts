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

/** Python's `isoformat` of a time in UTC: `2026-11-24T01:59:17.441101+00:00`, without a fraction where it is none. */
export function isoOffset(moment: Moment): string {
  const text = isoMoment(moment).slice(0, -1);
  return `${moment % 1e6 === 0 ? text.slice(0, -7) : text}+00:00`;
}
