/** Why tests of dbt-core that pass with Python dbt do not pass with tsdbt. */
export const CORE_DIFFERENCES: { tests: RegExp; why: string }[] = [];
