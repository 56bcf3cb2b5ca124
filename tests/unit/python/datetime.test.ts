import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { fromOrdinal, toOrdinal } from "../../../core/python/datetime/calendar.ts";
import { PyDate, PyDateTime, PyTimedelta, UTC } from "../../../core/python/index.ts";
import { render } from "./support.ts";

const dt = "modules.datetime.datetime";
const delta = "modules.datetime.timedelta";

describe("modules.datetime", () => {
  test.each([
    [`${dt}(2026, 1, 2, 3, 4, 5, 6)`, "2026-01-02 03:04:05.000006"],
    [`[${dt}(2026, 1, 2)]`, "[datetime.datetime(2026, 1, 2, 0, 0)]"],
    [`${dt}(2024, 2, 28) + ${delta}(days=1)`, "2024-02-29 00:00:00"],
    [`${dt}(2026, 1, 1) - ${dt}(2025, 12, 31, 12)`, "12:00:00"],
    [`${delta}(days=-1, seconds=5)`, "-1 day, 0:00:05"],
    [`[-${delta}(hours=1)]`, "[datetime.timedelta(days=-1, seconds=82800)]"],
    [`${delta}(hours=1) / ${delta}(minutes=8)`, "7.5"],
    [`${delta}(seconds=1) * 0.1`, "0:00:00.100000"],
    [`${dt}(2026, 1, 2).strftime('%-d/%-m/%y %j %U %W %G-W%V %%')`, "2/1/26 002 00 00 2026-W01 %"],
    [`${dt}.strptime('Jan 2 2026 3:04PM', '%b %d %Y %I:%M%p')`, "2026-01-02 15:04:00"],
    [`${dt}.strptime('2026-01-02T03:04:05+0130', '%Y-%m-%dT%H:%M:%S%z')`, "2026-01-02 03:04:05+01:30"],
    [`${dt}.fromisoformat('20260102T030405.5Z')`, "2026-01-02 03:04:05.500000+00:00"],
    [`modules.datetime.date.fromisocalendar(2026, 1, 5)`, "2026-01-02"],
    [`modules.datetime.date(2026, 1, 2) == ${dt}(2026, 1, 2)`, "False"],
    [`{modules.datetime.date(2026, 1, 2): 1}[modules.datetime.date(2026, 1, 2)]`, "1"],
    [`'{:%Y/%m}'.format(modules.datetime.date(2026, 1, 2))`, "2026/01"],
  ])("%s", (expression, expected) => {
    expect(render(expression)).toBe(expected);
  });

  test.each([
    [`${dt}(2026, 2, 30)`, "day is out of range for month"],
    [`${dt}.strptime('x', '%Y')`, "time data 'x' does not match format '%Y'"],
    [`${dt}.strptime('2026x', '%Y')`, "unconverted data remains: x"],
    [
      `${dt}(2026, 1, 1, tzinfo=modules.pytz.utc) < ${dt}(2026, 1, 1)`,
      "can't compare offset-naive and offset-aware datetimes",
    ],
    [`modules.datetime.date(2026, 1, 1) + 1`, "unsupported operand type(s) for +: 'datetime.date' and 'int'"],
    [`${dt}('2026', 1, 1)`, "'str' object cannot be interpreted as an integer"],
  ])("%s raises", (expression, message) => {
    expect(() => render(expression)).toThrow(message);
  });

  test("ordinals and dates are one to one", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 3652059 }), (ordinal) => {
        const date = fromOrdinal(ordinal);
        expect(toOrdinal(...date)).toBe(ordinal);
        expect(date[1]).toBeLessThanOrEqual(12);
      }),
    );
  });

  test("adding and taking away a timedelta gives the moment back", () => {
    const moment = new PyDateTime(2026, 1, 2, 3, 4, 5, 6, UTC);
    fc.assert(
      fc.property(fc.bigInt({ min: -(10n ** 16n), max: 10n ** 16n }), (micros) => {
        const span = PyTimedelta.ofMicros(micros);
        const moved = moment.binary("+", span, false) as PyDateTime;
        expect((moved.binary("-", span, false) as PyDateTime).equals(moment)).toBe(true);
        expect((moved.binary("-", moment, false) as PyTimedelta).micros()).toBe(micros);
      }),
    );
  });

  test("a datetime is a date, and no plain one", () => {
    expect(new PyDateTime(2026, 1, 2)).toBeInstanceOf(PyDate);
    expect(new PyDate(2026, 1, 2).equals(new PyDateTime(2026, 1, 2))).toBe(false);
  });
});

describe("modules.pytz", () => {
  const paris = "modules.pytz.timezone('Europe/Paris')";
  test.each([
    [`${paris}.localize(${dt}(2026, 7, 1)).isoformat()`, "2026-07-01T00:00:00+02:00"],
    [`${paris}.localize(${dt}(2026, 10, 25, 2, 30))`, "2026-10-25 02:30:00+01:00"],
    [`${paris}.localize(${dt}(2026, 10, 25, 2, 30), is_dst=true)`, "2026-10-25 02:30:00+02:00"],
    [`${paris}.localize(${dt}(2026, 3, 29, 2, 30))`, "2026-03-29 02:30:00+01:00"],
    [`[${paris}]`, "[<DstTzInfo 'Europe/Paris' LMT+0:09:00 STD>]"],
    [`[${paris}.localize(${dt}(2026, 7, 1)).tzinfo]`, "[<DstTzInfo 'Europe/Paris' CEST+2:00:00 DST>]"],
    [
      `modules.pytz.utc.localize(${dt}(2026, 7, 1)).astimezone(modules.pytz.timezone('Asia/Tokyo')).strftime('%H %Z%z')`,
      "09 JST+0900",
    ],
    ["modules.pytz.timezone('us/eastern').zone", "US/Eastern"],
    ["[modules.pytz.FixedOffset(90), modules.pytz.utc]", "[pytz.FixedOffset(90), <UTC>]"],
  ])("%s", (expression, expected) => {
    expect(render(expression)).toBe(expected);
  });

  test("an unknown zone is a KeyError", () => {
    expect(() => render("modules.pytz.timezone('Mars/Base')")).toThrow("'Mars/Base'");
  });
});
