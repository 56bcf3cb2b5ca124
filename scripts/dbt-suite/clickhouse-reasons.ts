interface Reason {
  tests: RegExp;
  reason: string;
}

const INSIDE =
  "looks at what a run leaves in the Python process that ran it; here every command is a process of its own";

/** Why tests of dbt-clickhouse's repository cannot pass here, whichever tool they drive. */
const REASONS: Reason[] = [
  { tests: /test_clickhouse_s3\.py|test_dictionary\.py.*s3/i, reason: "reads and writes a bucket of the public S3" },
  { tests: /test_view_no_renameat2\.py/, reason: "starts a server of its own in Docker" },
  { tests: /test_caching\.py/, reason: INSIDE },
  {
    tests: /TestReplicatedTableMaterialization|test_create_on_cluster_by_default/,
    reason: "counts the hosts of a cluster of several servers",
  },
  { tests: /test_sample_mode$/, reason: "stops the clock of the Python process" },
  {
    tests: /test_clickhouse_concurrency/,
    reason: "expects the last line of a run as older versions of dbt had it, without REUSED",
  },
];

/** The reason, where it is known. */
export function reasonHere(test: string): string | undefined {
  return REASONS.find(({ tests }) => tests.test(test))?.reason;
}
