import { pyRepr } from "../python-text.ts";
import { ShapeProblem } from "../schema/shape.ts";

export const GRANULARITIES = [
  "nanosecond",
  "microsecond",
  "millisecond",
  "second",
  "minute",
  "hour",
  "day",
  "week",
  "month",
  "quarter",
  "year",
];

/** The values of each kind that the semantic layer knows; written in any case. */
const ENUMS = {
  AggregationType: ["sum", "min", "max", "count_distinct", "sum_boolean", "average", "percentile", "median", "count"],
  MetricType: ["simple", "ratio", "cumulative", "derived", "conversion"],
  DimensionType: ["categorical", "time"],
  EntityType: ["foreign", "natural", "primary", "unique"],
  TimeGranularity: GRANULARITIES,
  PeriodAggregation: ["first", "last", "average"],
  ConversionCalculationType: ["conversions", "conversion_rate"],
  ExportDestinationType: ["table", "view"],
};

/** The value of an enumeration, whatever its case. @throws ShapeProblem in dbt's words */
export function enumValue(kind: keyof typeof ENUMS, value: unknown, path: readonly (string | number)[]): string {
  const found = typeof value === "string" ? ENUMS[kind].find((known) => known === value.toLowerCase()) : undefined;
  if (found !== undefined) return found;
  const shown = typeof value === "string" ? value : pyRepr(value);
  throw new ShapeProblem(`Invalid enum value: \`${shown}\` in enum ${kind}`, path, {
    hint: `it is one of ${ENUMS[kind].join(", ")}`,
  });
}
