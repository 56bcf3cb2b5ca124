import { ordinalOfIsoWeek, toOrdinal } from "../python/datetime/calendar.ts";
import { PyDate } from "../python/datetime/date.ts";
import { PyDateTime } from "../python/datetime/datetime.ts";
import { PyTimedelta } from "../python/datetime/timedelta.ts";
import { PyTimezone, UTC } from "../python/datetime/tz.ts";

const DATE =
  /^(?:(\d{4})-(\d\d)-(\d\d)|(\d{4})(\d\d)(\d\d)|(\d{4})-?W(\d\d)(?:-?(\d))?|(\d{4})-?(\d{3})|(\d{4})-?(\d\d)|(\d{4})|(\d\d))$/;
const TIME = /^T?(\d\d)(?::?(\d\d)(?::?(\d\d))?)?(?:[.,](\d+))?(?:(Z)|([-+])(\d\d)(?::?(\d\d))?)?$/;

/**
 * The datetime of an ISO 8601 text, in the forms that isodate takes: `2026-01-02T03:04:05Z`, `20260102T0304`, `2026-W01-5T03`.
 * `undefined` for anything else.
 */
export function parseIsoDateTime(text: string): PyDateTime | undefined {
  const at = text.indexOf("T");
  if (at < 0 || text.indexOf("T", at + 1) >= 0) return undefined;
  try {
    const date = parseDate(text.slice(0, at));
    return date && parseTime(date, text.slice(at + 1));
  } catch {
    return undefined;
  }
}

function parseDate(text: string): PyDate | undefined {
  const m = DATE.exec(text);
  if (!m) return undefined;
  const n = (i: number): number => Number(m[i]);
  if (m[1] !== undefined) return new PyDate(n(1), n(2) || 1, n(3));
  if (m[4] !== undefined) return new PyDate(n(4), n(5) || 1, n(6));
  if (m[7] !== undefined) {
    // Weeks and days beyond the year's run on into the next.
    const monday = ordinalOfIsoWeek(n(7), 1, 1)!;
    return PyDate.ofOrdinal(monday + (n(8) - 1) * 7 + Number(m[9] ?? 1) - 1);
  }
  if (m[10] !== undefined) return PyDate.ofOrdinal(toOrdinal(n(10), 1, 1) + n(11) - 1);
  if (m[12] !== undefined) return new PyDate(n(12), n(13) || 1, 1);
  return m[14] !== undefined ? new PyDate(n(14), 1, 1) : new PyDate(n(15) * 100 + 1, 1, 1);
}

function parseTime(date: PyDate, text: string): PyDateTime | undefined {
  const m = TIME.exec(text);
  if (!m) return undefined;
  const extended = text.includes(":") && /^T?\d\d:/.test(text);
  if (m[3] !== undefined && extended !== /^T?\d\d:?\d\d:\d\d/.test(text)) return undefined;
  let hour = Number(m[1]);
  let minute = Number(m[2] ?? 0);
  let second = Number(m[3] ?? 0);
  let micro = 0;
  if (m[4] !== undefined) {
    // The fraction belongs to the last part that is written.
    const unit = m[3] !== undefined ? 1 : m[2] !== undefined ? 60 : 3600;
    const micros = Math.floor(Number(`0.${m[4]}`) * unit * 1e6 + 1e-6);
    const total = hour * 3600 + minute * 60 + second + Math.floor(micros / 1e6);
    micro = micros % 1e6;
    hour = Math.floor(total / 3600);
    minute = Math.floor(total / 60) % 60;
    second = total % 60;
  }
  let zone: PyTimezone | null = m[5] === undefined ? null : UTC;
  if (m[6] !== undefined) {
    const offset = Number(m[7]) * 60 + Number(m[8] ?? 0);
    zone = new PyTimezone(PyTimedelta.ofSeconds((m[6] === "-" ? -offset : offset) * 60));
  }
  return new PyDateTime(date.year, date.month, date.day, hour, minute, second, micro, zone);
}
