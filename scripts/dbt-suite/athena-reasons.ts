interface Reason {
  tests: RegExp;
  reason: string;
}

/** Why tests of dbt-athena's repository cannot pass here, or need not with tsdbt. */
const REASONS: Reason[] = [
  { tests: /test_python_submissions\.py/, reason: "Python models, which run on Athena's Spark" },
  {
    tests: /catalog_integrations\/test_s3_tables\.py/,
    reason: "makes a bucket of S3 Tables, which the stand-in does not have",
  },
];

export function athenaReason(test: string): string | undefined {
  return REASONS.find(({ tests }) => tests.test(test))?.reason;
}
