/**
 * Statements that tsdbt sends otherwise than dbt on purpose, so that a failure between two of them loses nothing: those that
 * docs/clickhouse.md names under "Better than dbt-clickhouse". Each is turned into what dbt would have sent; undefined where
 * only what comes of them can be compared.
 */
export function withoutImprovements(statements: readonly string[]): string[] | undefined {
  const followed = statements.some((statement) => FOLLOWED.test(statement));
  const altered = statements.some((statement) => / modify query /.test(statement));
  if (followed || (altered && statements.some((statement) => SWAPPED.test(statement)))) return undefined;
  return renamedAtOnce(firstBuild(workingCopies(droppedBehind(filledByName(standingSynced(statements))))));
}

const EXCHANGED = /^EXCHANGE TABLES \S+ \. \S+ AND `?(\w+)`? \. `?(\w+)`?/;

/** Replicas catch up with the new table before it is swapped in, not with the one that goes. */
function standingSynced(statements: readonly string[]): string[] {
  return statements.map((statement, i) => {
    const [, schema, standing] = EXCHANGED.exec(statements[i + 1] ?? "") ?? [];
    if (standing === undefined) return statement;
    return statement.replace(/^(SYSTEM SYNC REPLICA (?:ON CLUSTER \S+ )?)\S+ \. \S+$/, `$1${schema} . ${standing}`);
  });
}

const DROPPED = /^alter table \S+ \. \S+ (?:ON CLUSTER \S+ )?drop column if exists (\S+)$/;

/** A column leaves the distributed table before those of the shards, so that no query asks them for it. */
function droppedBehind(statements: readonly string[]): string[] {
  const all = [...statements];
  for (let i = 0; i + 1 < all.length; i++) {
    const column = DROPPED.exec(all[i]!)?.[1];
    if (column === undefined || DROPPED.exec(all[i + 1]!)?.[1] !== column) continue;
    [all[i], all[i + 1]] = [all[i + 1]!, all[i]!];
    i++;
  }
  return all;
}

/** After a change of columns the query is asked for its columns, not the table, which is filled by their names. */
function filledByName(statements: readonly string[]): string[] {
  const altered = statements.findIndex((statement) => /^alter table .* (?:add|drop|modify) column /.test(statement));
  return statements.map((statement, i) => {
    const [, database, table] = /^insert into `(\w+)` \. `(\w+)` \(/.exec(statements[i + 1] ?? "") ?? [];
    if (altered < 0 || i < altered || table === undefined || !/ as __dbt_sbq limit 0$/.test(statement))
      return statement;
    return `select name , type from system . columns where table = '${table}' and database = '${database}' order by position`;
  });
}

/** Views that follow their sources while a table is filled, and distributed tables, which are filled before they take the old ones' place. */
const FOLLOWED =
  /additional_table_filters|^create or replace materialized view|^create materialized view [\s\S]* empty as |__dbt_next`|__dbt_tmp` [\s\S]*ENGINE = Distributed/;
const SWAPPED = /^EXCHANGE TABLES|__dbt_aside`/;
const FIRST_BUILT = /^rename table (`\w+`) \. `(\w+)__dbt_tmp` to \1 \. `\2`( ON CLUSTER \S+)?$/;
const COPIED = /^create table (`\w+`) \. `(\w+)__dbt_tmp` clone as \1 \. `\2`$/;

/** An incremental model is first built under another name. */
function firstBuild(statements: string[]): string[] {
  const at = statements.findIndex((statement) => FIRST_BUILT.test(statement));
  if (at < 0) return statements;
  return [...statements.slice(0, at).map(named), ...statements.slice(at + 1)];
}

/** What deletes and then inserts does so in a copy: asked for, made, changed, swapped in and dropped. */
function workingCopies(statements: string[]): string[] {
  const at = statements.findIndex((statement) => COPIED.test(statement));
  if (at < 1) return statements;
  const end = statements.findIndex((statement, i) => i > at && SWAPPED.test(statement));
  const rest = workingCopies(statements.slice(end + 2));
  return [...statements.slice(0, at - 1), ...statements.slice(at + 1, end).map(named), ...rest];
}

const RENAMED_AT_ONCE = /^rename table (\S+ \. \S+) to (\S+ \. \S+) , (\S+ \. \S+) to \1( ON CLUSTER \S+)?$/;

/** Two renamings in one statement. */
function renamedAtOnce(statements: string[]): string[] {
  return statements.flatMap((statement, i) => {
    if (/ from system \. databases /.test(statement) && RENAMED_AT_ONCE.test(statements[i + 1] ?? "")) return [];
    const [, target, backup, ready, cluster = ""] = RENAMED_AT_ONCE.exec(statement) ?? [];
    if (target === undefined) return [statement];
    return [
      `drop table if exists ${backup}${cluster}`,
      `rename table ${target} to ${backup}${cluster}`,
      `drop table if exists ${target}${cluster}`,
      `rename table ${ready} to ${target}${cluster}`,
    ];
  });
}

/** A node that is made off the cluster changes places off it too; dbt asks where the old table was found. */
export function exchangedOffCluster(theirs: readonly string[], ours: readonly string[]): readonly string[] {
  if (ours.some((statement) => / ON CLUSTER /.test(statement))) return theirs;
  return theirs.map((statement) => statement.replace(/^(EXCHANGE TABLES .*?) ON CLUSTER \S+$/, "$1"));
}

function named(statement: string): string {
  return statement.replace(/\b(\w+)__dbt_tmp\b/g, "$1");
}
