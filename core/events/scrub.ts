/** Replaces secrets by `*****`, as dbt does with the values of DBT_ENV_SECRET_ variables. */
export type Scrubber = (text: string) => string;

/** Scrubs the values of every `DBT_ENV_SECRET_*` variable of the environment; free where there are none. */
export function envScrubber(env: { [key: string]: string | undefined }): Scrubber {
  const secrets: string[] = [];
  for (const [key, value] of Object.entries(env)) {
    if ((key.startsWith("DBT_ENV_SECRET") || key.startsWith("DBT_ENGINE_ENV_SECRET")) && value?.trim()) {
      secrets.push(value);
    }
  }
  if (secrets.length === 0) return (text) => text;
  // Longest first: a secret may contain another one.
  secrets.sort((a, b) => b.length - a.length);
  return (text) => secrets.reduce((t, secret) => t.replaceAll(secret, "*****"), text);
}
