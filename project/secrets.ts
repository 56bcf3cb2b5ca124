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
