interface Reason {
  tests: RegExp;
  reason: string;
}

/** Why tests of dbt-clickhouse's repository cannot pass here, whichever tool they drive. */
const REASONS: Reason[] = [
  {
    tests: /test_clickhouse_s3\.py|test_dictionary\.py.*S3/i,
    reason: "reads files of the public S3, which needs the network",
  },
  { tests: /test_view_no_renameat2\.py/, reason: "starts a server of its own in Docker" },
  { tests: /test_replicated_database\.py/, reason: "a replicated database needs Keeper" },
];

export function reasonHere(test: string): string | undefined {
  return REASONS.find(({ tests }) => tests.test(test))?.reason;
}
