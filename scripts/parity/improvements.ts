/**
 * Statements that tsdbt sends otherwise than dbt on purpose, so that a failure between two of them loses nothing: those that
 * docs/clickhouse.md names under "Better than dbt-clickhouse". Each is turned into what dbt would have sent.
 */
export function withoutImprovements(statements: readonly string[]): string[] | undefined {
  if (statements.some((statement) => MATERIALIZED_VIEW.test(statement))) return undefined;
  return firstBuild(workingCopy([...statements]));
}

/** How views follow their sources while they are filled is compared by what comes of it: rows and definitions. */
const MATERIALIZED_VIEW =
  /additional_table_filters|^create or replace materialized view|^create materialized view [\s\S]* empty as /;

const RENAMED = /^rename table (` \w+ `|`\w+`) \. `(\w+)__dbt_tmp` to \1 \. `\2`$/;
const COPIED = /^create table (`\w+`) \. `(\w+)__dbt_tmp` clone as \1 \. `\2`$/;

/** An incremental model is first built under another name. */
function firstBuild(statements: string[]): string[] {
  const at = statements.findIndex((statement) => RENAMED.test(statement));
  if (at < 0) return statements;
  return statements.flatMap((statement, i) => (i === at ? [] : [i < at ? named(statement) : statement]));
}

/** What deletes and then inserts does so in a copy. */
function workingCopy(statements: string[]): string[] {
  const at = statements.findIndex((statement) => COPIED.test(statement));
  if (at < 1) return statements;
  const end = statements.findIndex((statement, i) => i > at && /^EXCHANGE TABLES/.test(statement));
  return statements.flatMap((statement, i) => {
    if (i === at || i === at - 1 || i === end || i === end + 1) return [];
    return [i > at && i < end ? named(statement) : statement];
  });
}

function named(statement: string): string {
  return statement.replace(/\b(\w+)__dbt_tmp\b/g, "$1");
}
