/** Clocks of time zones, by the host's own tables. */

const UTC_NAMES = /^(?:Etc\/)?(?:UTC|UCT|GMT|Zulu|Universal|Greenwich|GMT[+-]?0)$/i;

/** Whether a zone's clock is UTC's. */
export function isUtc(zone: string): boolean {
  return UTC_NAMES.test(zone);
}

const known = new Map<string, (epochSeconds: number) => number>();

/** Seconds that a zone's clock is ahead of UTC, by the moment in seconds since 1970; a zone that nobody knows counts as UTC. */
export function offsetsOf(zone: string): (epochSeconds: number) => number {
  let offsets = known.get(zone);
  if (!offsets) {
    offsets = isUtc(zone) ? () => 0 : lookUpOffsets(zone);
    known.set(zone, offsets);
  }
  return offsets;
}

function lookUpOffsets(zone: string): (epochSeconds: number) => number {
  let format: Intl.DateTimeFormat;
  try {
    format = new Intl.DateTimeFormat("en-US", { timeZone: zone, timeZoneName: "longOffset" });
  } catch {
    return () => 0;
  }
  return (epochSeconds) => {
    const name = format.formatToParts(epochSeconds * 1000).find((part) => part.type === "timeZoneName")?.value ?? "";
    const match = /GMT([+-])(\d+):(\d+)(?::(\d+))?/.exec(name);
    if (!match) return 0;
    const seconds = Number(match[2]) * 3600 + Number(match[3]) * 60 + Number(match[4] ?? 0);
    return match[1] === "-" ? -seconds : seconds;
  };
}

/** The offset in force when a zone's clock shows a time, given as if that were UTC. */
export function offsetAtLocal(zone: string, localSeconds: number): number {
  const offsets = offsetsOf(zone);
  return offsets(localSeconds - offsets(localSeconds));
}
