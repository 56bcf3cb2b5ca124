import { type Body, expression, nameText, type Tree } from "./ast.ts";
import type { LineageDialect } from "./types.ts";

const words = (text: string): ReadonlySet<string> => new Set(text.split(/\s+/).filter(Boolean));

/** Functions of many rows, in the spelling of no dialect in particular. */
const AGGREGATES = words(`
  any any_value anyheavy anylast approx_count_distinct approx_distinct approx_most_frequent approx_percentile
  approx_quantile approx_set approx_top_k arbitrary arg_max arg_max_nulls_last arg_min arg_min_nulls_last argmax argmin
  array_agg arrayagg avg avgweighted bit_and bit_or bit_xor bitand_agg bitwise_and_agg bitwise_or_agg bitwise_xor_agg
  bool_and bool_or checksum collect_list collect_set convex_hull_agg corr count count_if count_star countif covar_pop
  covar_samp cramersv deltasum entropy evaluate_classifier_predictions every favg first first_value fsum geometric_mean
  geometry_union_agg group_concat grouparray grouparrayinsertat grouparraymovingavg grouparraymovingsum grouparraysample
  groupbitand groupbitmap groupbitor groupbitxor groupconcat groupuniqarray histogram json_group_array json_group_object
  json_group_structure kahan_sum kurtosis kurtosis_pop kurtpop kurtsamp last last_value learn_classifier
  learn_libsvm_classifier learn_libsvm_regressor learn_regressor list list_agg listagg logical_and logical_or mad
  make_set_digest map_agg map_union max max_by maxmap mean median merge merge_set_digest min min_by minmap mode
  multimap_agg numeric_histogram percentile_cont percentile_disc product qdigest_agg quantile quantile_cont
  quantile_disc quantilebfloat16 quantiledeterministic quantileexact quantileexacthigh quantileexactlow
  quantileexactweighted quantiles quantilesexact quantilestdigest quantiletdigest quantiletiming rankcorr reduce_agg
  regr_avgx regr_avgy regr_count regr_intercept regr_r2 regr_slope regr_sxx regr_sxy regr_syy reservoir_quantile
  retention sem sequencecount sequencematch set_agg set_union simplelinearregression singlevalueornull skewness skewpop
  skewsamp spacebar sparkbar stddev stddev_pop stddev_samp stddevpop stddevsamp string_agg sum sum_no_overflow sumcount
  sumkahan summap sumwithoverflow tdigest_agg topk topkweighted uniq uniqcombined uniqcombined64 uniqexact uniqhll12
  uniqthetasketch uniqupto var_pop var_samp variance varpop varsamp welchttest windowfunnel
`);

/** Those that ClickHouse alone has. */
const OF_CLICKHOUSE = words(`
  aggthrow analysisofvariance anova any_respect_nulls any_value_respect_nulls anylast_respect_nulls
  anylastrespectnulls anyrespectnulls anyvaluerespectnulls approx_top_sum argandmax argandmin array_concat_agg
  boundingratio categoricalinformationvalue contingency corrmatrix corrstable covarpop covarpopmatrix covarpopstable
  covarsamp covarsampmatrix covarsampstable cramersvbiascorrected deltasumtimestamp distinctdynamictypes
  distinctjsonpaths distinctjsonpathsandtypes estimatecompressionratio exponentialmovingaverage
  first_value_respect_nulls firstvaluerespectnulls flamegraph grouparrayintersect grouparraylast grouparraysorted
  groupbitmapand groupbitmapor groupbitmapxor groupformat groupnumericindexedvector intervallengthsum
  kolmogorovsmirnovtest largesttrianglethreebuckets last_value_respect_nulls lastvaluerespectnulls lttb
  mannwhitneyutest maxintersections maxintersectionsposition maxmappedarrays meanztest medianbfloat16
  medianbfloat16weighted mediandd mediandeterministic medianexact medianexacthigh medianexactlow medianexactweighted
  medianexactweightedinterpolated mediangk medianinterpolatedweighted mediantdigest mediantdigestweighted
  mediantiming mediantimingweighted minmappedarrays mvtencode nothing nothingnull nothinguint64
  quantilebfloat16weighted quantiledd quantileexactexclusive quantileexactinclusive
  quantileexactweightedinterpolated quantilegk quantileinterpolatedweighted quantileprometheushistogram
  quantilesbfloat16 quantilesbfloat16weighted quantilesdd quantilesdeterministic quantilesexactexclusive
  quantilesexacthigh quantilesexactinclusive quantilesexactlow quantilesexactweighted
  quantilesexactweightedinterpolated quantilesgk quantilesinterpolatedweighted quantilesprometheushistogram
  quantilestdigestweighted quantilestiming quantilestimingweighted quantiletdigestweighted quantiletimingweighted
  sequencematchevents sequencenextnode st_asmvt std stddevpopstable stddevsampstable stochasticlinearregression
  stochasticlogisticregression studentttest studentttestonesample summapfiltered summapfilteredwithoverflow
  summappedarrays summapwithoverflow theilsu timeserieschangestogrid timeseriesdeltatogrid timeseriesderivtogrid
  timeseriesgrouparray timeseriesincreasetogrid timeseriesinstantdeltatogrid timeseriesinstantratetogrid
  timeserieslasttogrid timeserieslasttwosamples timeseriespredictlineartogrid timeseriesratetogrid
  timeseriesresampletogridwithstaleness timeseriesresetstogrid varpopstable varsampstable
`);

/** What ClickHouse may put behind an aggregate's name. */
const COMBINATOR =
  /(If|Array|Map|SimpleState|State|MergeState|Merge|ForEach|Distinct|OrDefault|OrNull|Resample|ArgMin|ArgMax)$/;

/** Kinds of the tree that are aggregates under a name of their own. */
const AGGREGATE_KINDS = words(`
  aggregate_function combined_agg_func combined_parameterized_agg parameterized_agg within_group anonymous_agg_func
  array_concat_agg array_unique_agg array_union_agg object_agg json_object_agg json_array_agg json_agg sum_if avg_if
`);

/** Whether an expression computes over many rows. */
export function isAggregate(kind: string, body: Body, dialect: LineageDialect): boolean {
  if (AGGREGATE_KINDS.has(kind)) return true;
  if (kind !== "function") return AGGREGATES.has(kind) && !("left" in body);
  const name = functionName(body);
  return name !== null && isAggregateName(name, dialect);
}

function isAggregateName(name: string, dialect: LineageDialect): boolean {
  if (AGGREGATES.has(name.toLowerCase())) return !(dialect === "duckdb" && /^(any|merge|uniq)$/i.test(name));
  if (dialect !== "clickhouse") return false;
  if (OF_CLICKHOUSE.has(name.toLowerCase())) return true;
  const shorter = name.replace(COMBINATOR, "");
  return shorter !== name && shorter !== "" && isAggregateName(shorter, dialect);
}

export function functionName(body: Body): string | null {
  return typeof body.name === "string" ? body.name : nameText(body.name);
}

const TAKES_DATE_PART = words(`
  date_add date_diff date_part date_sub date_trunc dateadd datediff datename datepart datesub datetime_add datetime_diff
  datetime_sub datetime_trunc last_day time_add time_diff time_sub time_trunc timestamp_add timestamp_diff timestamp_sub
  timestamp_trunc timestampadd timestampdiff timediff
`);
const DATE_PARTS = words(`
  microsecond microseconds millisecond milliseconds second seconds minute minutes hour hours day days dayofweek dow doy
  dayofyear week weeks isoweek month months mon quarter quarters year years isoyear epoch
`);

/** The arguments of a function without a bare word that names a part of a date: `dateadd(day, 1, d)`. */
export function argumentsOf(body: Body): readonly Tree[] {
  const args = Array.isArray(body.args) ? (body.args as Tree[]) : [];
  if (!TAKES_DATE_PART.has(functionName(body)?.toLowerCase() ?? "")) return args;
  const part = [0, args.length - 1].find((i) => isDatePart(args[i]));
  return part === undefined ? args : args.filter((_, i) => i !== part);
}

function isDatePart(tree: Tree): boolean {
  const found = expression(tree);
  if (found?.kind !== "column" || found.body.table) return false;
  return DATE_PARTS.has(nameText(found.body.name)?.toLowerCase() ?? "");
}

const KEYWORDS = words(`
  current_catalog current_database current_date current_role current_schema current_time current_timestamp current_user
  localtime localtimestamp session_user inf nan infinity null true false default sysdate
`);

/** A bare word that the parser takes for a column and is none. */
export const isKeyword = (name: string): boolean => KEYWORDS.has(name.toLowerCase()) || /^\$\d+$/.test(name);

/** Table functions that make rows out of nothing, and their column. */
export const GENERATORS: { readonly [name: string]: string } = {
  generate_series: "generate_series",
  range: "range",
  numbers: "number",
  numbers_mt: "number",
  zeros: "zero",
  zeros_mt: "zero",
  sequence: "sequential_number",
};
