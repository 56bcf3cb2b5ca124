/** Built-in macros that dbt has not, which COMPATIBILITY.md names: they keep what dbt may lose. */
export const OURS_ALONE: readonly string[] = [
  "clickhouse__reset_csv_table",
  "clickhouse__build_mv",
  "clickhouse__build_mv_with_external_target",
  "clickhouse__can_be_renamed",
  "clickhouse__can_move_rows_into",
  "clickhouse__can_work_on_copy",
  "clickhouse__count_rows",
  "clickhouse__create_followed_table",
  "clickhouse__drop_leftovers",
  "clickhouse__earlier_rows",
  "clickhouse__is_half_built_mv",
  "clickhouse__rename_at_once",
  "clickhouse__swap",
  "clickhouse__swap_distributed",
  "clickhouse__sync_replicas",
  "clickhouse_iceberg_source",
];
