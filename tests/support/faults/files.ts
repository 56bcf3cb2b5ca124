/** Kinds of databases: only the tables of the first can be exchanged. */
export const ENGINES = ["Atomic", "Ordinary"] as const;

/** A project's model `m`. */
export function model(config: string, sql: string, name = "m"): { [path: string]: string } {
  return { [`models/${name}.sql`]: `{{ config(${config}) }}\n${sql}` };
}
