/** Environment variables whose values no message may show. https://docs.getdbt.com/docs/build/environment-variables#handling-secrets */
export const SECRET_PREFIX = "DBT_ENV_SECRET";

type Env = { readonly [name: string]: string | undefined };

const START = "$$$DBT_SECRET_START$$$";
const END = "$$$DBT_SECRET_END$$$";

/** Puts the values of secrets where templates only saw placeholders, so that no filter can take them apart. */
export function revealSecrets(text: string, env: Env): string {
  if (!text.includes(START)) return text;
  return text
    .split(START)
    .map((part, i) => {
      if (i === 0) return part;
      const end = part.indexOf(END);
      return end < 0 ? START + part : (env[part.slice(0, end)] ?? "") + part.slice(end + END.length);
    })
    .join("");
}

/** What a template sees instead of a secret's value. */
export function placeholder(name: string): string {
  return START + name + END;
}

/** A message without the values of secrets. */
export function scrub(message: string, env: Env): string {
  let clean = message;
  for (const [name, value] of Object.entries(env))
    if (value && name.startsWith(SECRET_PREFIX) && value.trim() !== "") clean = clean.replaceAll(value, "*****");
  return clean;
}

const SECRET_KEY =
  "[\\w-]*(?:password|passwd|passphrase|pass|pwd|secret|token|credential|private|api_key|access_key|key_id|keyfile)[\\w-]*";
const FLOW = new RegExp(`((?:^|[\\s{,])["']?${SECRET_KEY}["']?\\s*:\\s*)(?!\\s)([^,}\\n]+)`, "gi");
const BLOCK = new RegExp(`^(\\s*(?:-\\s+)?["']?${SECRET_KEY}["']?\\s*:[ \\t]*)(\\S.*)$`, "i");

/** A profiles.yml as excerpts may show it: the values of passwords and keys are starred out, lines and columns kept. */
export function maskSecrets(source: string): string {
  const lines = source.split("\n");
  let hiddenBelow = -1;
  return lines
    .map((line) => {
      const indent = line.length - line.trimStart().length;
      if (hiddenBelow >= 0) {
        if (line.trim() === "" || indent > hiddenBelow) return line.replace(/\S.*/, "*****");
        hiddenBelow = -1;
      }
      const found = BLOCK.exec(line);
      if (found && !found[2]!.startsWith("{")) {
        if (/^[|>]/.test(found[2]!) || isOpenQuote(found[2]!)) hiddenBelow = indent;
        return /\{\{.*env_var\(.*\}\}/.test(found[2]!) || /^[|>]/.test(found[2]!) ? line : `${found[1]}*****`;
      }
      return line
        .replace(FLOW, (all, key: string, value: string) => (value.includes("{{") ? all : `${key}*****`))
        .replace(/(motherduck_token=)[^&"'\s]+/gi, "$1*****");
    })
    .join("\n");
}

function isOpenQuote(value: string): boolean {
  const quote = value[0];
  return (quote === '"' || quote === "'") && value.indexOf(quote, 1) < 0;
}
