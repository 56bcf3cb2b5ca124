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
  const second = Math.floor(moment / 1e6);
  return `${textOf(second)}.${String(moment - second * 1e6).padStart(6, "0")}Z`;
}

/** The second told last: a run of many nodes tells each second thousands of times. */
let told = { second: Number.NaN, text: "" };

function textOf(second: number): string {
  if (told.second !== second) told = { second, text: new Date(second * 1000).toISOString().slice(0, -5) };
  return told.text;
}

export function secondsBetween(from: Moment, to: Moment): number {
  return (to - from) / 1e6;
}

/** Python's `isoformat` of a time in UTC: `2026-11-24T01:59:17.441101+00:00`, without a fraction where it is none. */
export function isoOffset(moment: Moment): string {
  const text = isoMoment(moment).slice(0, -1);
  return `${moment % 1e6 === 0 ? text.slice(0, -7) : text}+00:00`;
}
