interface Exception {
  tests: RegExp;
  reason: string;
}

/** Tests that pass with Python dbt and that tsdbt need not pass, with the reason. */
const EXCEPTED: Exception[] = [
  { tests: /test_python_model\.py/, reason: "Python models need Python (COMPATIBILITY.md)" },
];

const INSIDE =
  "looks at what a run leaves in the Python process that ran it; here every command is a process of its own";

/** Why tests fail with both: said on the page of the results, without effect on the outcome. */
const FAIL_WITH_BOTH: Exception[] = [
  { tests: /test_community_extensions\.py/, reason: "the extension is downloaded when it is first used" },
  { tests: /test_caching\.py|test_drop_relation\.py/, reason: INSIDE },
  {
    tests: /test_python_model\.py/,
    reason: "a Python model, and pandas and pyarrow are not installed beside Python dbt",
  },
  { tests: /TestDateSpine::test_date_spine/, reason: "installs a package of the hub" },
  { tests: /TestClonePossible::test_can_clone_true/, reason: "DuckDB makes views where other databases clone tables" },
  {
    tests: /TestCloneSameSourceAndTarget/,
    reason: "only a database that can clone tables says which it leaves as they are",
  },
  { tests: /test_simple_copy_with_materialized_views/, reason: "DuckDB has no materialized views" },
  { tests: /test_simple_seed_full_refresh_/, reason: "DuckDB keeps a view whose table is dropped" },
  { tests: /alter_column_type/, reason: "DuckDB does not commit a table that one transaction alters and updates" },
  { tests: /TestMicrobatchScenarios::test_microbatch_lookback/, reason: "stops the clock of the Python process" },
  { tests: /TestIndex::test_seed/, reason: "DuckDB 1.5 refuses a unique key that the same transaction has deleted" },
];

/** Why tsdbt need not pass a test that Python dbt passes. */
export function exceptionFor(test: string): string | undefined {
  return EXCEPTED.find((e) => e.tests.test(test))?.reason;
}

/** Why neither passes a test, where that is known. */
export function commonFailure(test: string): string | undefined {
  return FAIL_WITH_BOTH.find((e) => e.tests.test(test))?.reason;
}
