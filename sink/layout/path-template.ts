/** What a template may name. */
interface PathParts {
  topic: string;
  topicId: string;
  partition: number;
  offset: number;
  ext: string;
}

const TOKEN = /\{(\w+)\}|%(.)/g;
const NAMES = ["topic", "topic_id", "partition", "offset", "ext"];
const FIELDS = "YmdHMS";

/** Why a template cannot be used: an unknown token, or two ranges that could get one name. */
export function templateProblem(template: string, needsTopic: boolean): string | undefined {
  for (const [token, name, field] of template.matchAll(TOKEN)) {
    if (name && !NAMES.includes(name)) return `unknown ${token}; there are ${NAMES.map((n) => `{${n}}`).join(" ")}`;
    if (field && !FIELDS.includes(field))
      return `unknown ${token}; there are ${[...FIELDS].map((f) => `%${f}`).join(" ")}`;
  }
  for (const name of needsTopic ? ["topic", "partition", "offset"] : ["partition", "offset"])
    if (!template.includes(`{${name}}`))
      return `{${name}} is missing, so that two batches could get the same name${name === "topic" ? ": there may be several topics" : ""}`;
  const touching =
    /(\{(?:partition|offset|topic|topic_id)\}|%[YmdHMS]|\d)\{(partition|offset)\}|\{(?:partition|offset)\}(?:%[YmdHMS]|\d|\{topic)/.exec(
      template,
    );
  if (touching)
    return `something must stand between the parts of ${touching[0]}, or two batches could get the same name`;
  if (template.startsWith("/") || template.includes("//")) return "an S3 name neither begins with / nor contains //";
  return undefined;
}

/** Makes names of one claim: everything but the time is filled in once. */
export function compileTemplate(template: string, parts: PathParts): (time: ZonedTime) => string {
  const values: { [name: string]: string } = {
    topic: parts.topic,
    topic_id: parts.topicId,
    partition: String(parts.partition),
    offset: String(parts.offset).padStart(10, "0"),
    ext: parts.ext,
  };
  const filled = template.replace(/\{(\w+)\}/g, (_, name: string) => values[name]!.replaceAll("%", "%%"));
  if (!/%[YmdHMS]/.test(filled)) return () => filled.replaceAll("%%", "%");
  return (time) => filled.replace(/%([%YmdHMS])/g, (_, field: string) => (field === "%" ? "%" : time(field)));
}

/** A time's fields, by the letters of strftime. */
export type ZonedTime = (field: string) => string;

/** The fields of times in a zone. A zone's offset is looked up once a quarter of an hour, since it changes at no other time. */
export function zoned(timezone: string): (ms: number) => ZonedTime {
  const offsets = new Map<number, number>();
  const offsetAt = (ms: number) => {
    const quarter = Math.floor(ms / 900_000);
    let offset = offsets.get(quarter);
    if (offset === undefined) {
      offset = offsetOf(timezone, quarter * 900_000);
      if (offsets.size > 10_000) offsets.clear();
      offsets.set(quarter, offset);
    }
    return offset;
  };
  return (ms) => {
    const date = new Date(timezone === "UTC" ? ms : ms + offsetAt(ms));
    return (field) => part(date, field);
  };
}

function part(date: Date, field: string): string {
  const two = (value: number) => String(value).padStart(2, "0");
  if (field === "Y") return String(date.getUTCFullYear()).padStart(4, "0");
  if (field === "m") return two(date.getUTCMonth() + 1);
  if (field === "d") return two(date.getUTCDate());
  if (field === "H") return two(date.getUTCHours());
  return two(field === "M" ? date.getUTCMinutes() : date.getUTCSeconds());
}

function offsetOf(timeZone: string, ms: number): number {
  const parts = new Intl.DateTimeFormat("en-US", {
    timeZone,
    hourCycle: "h23",
    era: "short",
    year: "numeric",
    month: "numeric",
    day: "numeric",
    hour: "numeric",
    minute: "numeric",
    second: "numeric",
  }).formatToParts(ms);
  const get = (type: string) => Number(parts.find((entry) => entry.type === type)!.value);
  const local = Date.UTC(get("year"), get("month") - 1, get("day"), get("hour"), get("minute"), get("second"));
  return local - Math.floor(ms / 1000) * 1000;
}
