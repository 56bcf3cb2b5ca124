/** The proleptic Gregorian calendar by ordinals: day 1 is 0001-01-01, as in Python. */

export const MIN_YEAR = 1;
export const MAX_YEAR = 9999;
export const MAX_ORDINAL = 3652059;

const BEFORE_MONTH = [0, 0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334];

export const isLeap = (year: number): boolean => year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);

/** The number of days of a month (1 to 12). */
export function daysInMonth(year: number, month: number): number {
  if (month === 2) return isLeap(year) ? 29 : 28;
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31;
}

/** The day of the year, from 1. */
export const dayOfYear = (year: number, month: number, day: number): number =>
  BEFORE_MONTH[month]! + (month > 2 && isLeap(year) ? 1 : 0) + day;

function daysBeforeYear(year: number): number {
  const y = year - 1;
  return y * 365 + Math.floor(y / 4) - Math.floor(y / 100) + Math.floor(y / 400);
}

export const toOrdinal = (year: number, month: number, day: number): number =>
  daysBeforeYear(year) + dayOfYear(year, month, day);

/** The `[year, month, day]` of an ordinal. */
export function fromOrdinal(ordinal: number): [number, number, number] {
  // Days since 0000-03-01, so that a leap day is its year's last.
  const n = ordinal + 305;
  const era = Math.floor(n / 146097);
  const dayOfEra = n - era * 146097;
  const yearOfEra = Math.floor(
    (dayOfEra - Math.floor(dayOfEra / 1460) + Math.floor(dayOfEra / 36524) - Math.floor(dayOfEra / 146096)) / 365,
  );
  const dayOfMarchYear = dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
  const shifted = Math.floor((5 * dayOfMarchYear + 2) / 153);
  const day = dayOfMarchYear - Math.floor((153 * shifted + 2) / 5) + 1;
  const month = shifted < 10 ? shifted + 3 : shifted - 9;
  return [yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, day];
}

/** Monday is 0. */
export const weekdayOf = (ordinal: number): number => (ordinal + 6) % 7;

function isoWeek1Monday(year: number): number {
  const firstDay = toOrdinal(year, 1, 1);
  const weekday = weekdayOf(firstDay);
  return firstDay - weekday + (weekday > 3 ? 7 : 0);
}

/** The ISO 8601 `[year, week, weekday]` of an ordinal; Monday is 1. */
export function isoCalendar(ordinal: number): [number, number, number] {
  let [year] = fromOrdinal(ordinal);
  let monday = isoWeek1Monday(year);
  if (ordinal < monday) monday = isoWeek1Monday(--year);
  else if (ordinal >= isoWeek1Monday(year + 1)) monday = isoWeek1Monday(++year);
  const days = ordinal - monday;
  return [year, Math.floor(days / 7) + 1, (days % 7) + 1];
}

/** The ordinal of an ISO 8601 week date; `undefined` where the week or day does not exist. */
export function ordinalOfIsoWeek(year: number, week: number, day: number): number | undefined {
  if (day < 1 || day > 7 || week < 1 || week > 53) return undefined;
  if (week === 53 && isoWeek1Monday(year + 1) - isoWeek1Monday(year) !== 371) return undefined;
  return isoWeek1Monday(year) + (week - 1) * 7 + day - 1;
}

export const pad = (value: number, width: number): string => String(value).padStart(width, "0");

export const DAY_NAMES = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];
export const MONTH_NAMES = [
  "January",
  "February",
  "March",
  "April",
  "May",
  "June",
  "July",
  "August",
  "September",
  "October",
  "November",
  "December",
];
