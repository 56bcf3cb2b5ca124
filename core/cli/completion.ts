import { COMMANDS } from "./commands/index.ts";
import type { Io } from "./io.ts";
import { GLOBAL } from "./options.ts";
import type { OptionSpec } from "./spec.ts";

/** `tsdbt completion bash|zsh|fish`: prints a script that the shell loads. */
export function completion(args: readonly string[], io: Io): number {
  const scripts: { [shell: string]: () => string } = { bash: bashScript, zsh: zshScript, fish: fishScript };
  const script = scripts[args[0] ?? ""];
  if (!script || args.length > 1) {
    io.stderr.write(
      "Usage: tsdbt completion bash|zsh|fish\n\n" +
        '  bash: add  source <(tsdbt completion bash)  to ~/.bashrc\n  zsh:  add  eval "$(tsdbt completion zsh)"  to ~/.zshrc\n' +
        "  fish: tsdbt completion fish > ~/.config/fish/completions/tsdbt.fish\n",
    );
    return 2;
  }
  io.stdout.write(script());
  return 0;
}

function words(options: readonly OptionSpec[]): string[] {
  return options
    .filter((o) => !o.hidden)
    .flatMap((o) => (o.kind === "switch" ? [`--${o.name}`, `--no-${o.name}`] : [`--${o.name}`]));
}

interface Entry {
  path: string;
  summary: string;
  words: string[];
}

function entries(): Entry[] {
  return COMMANDS.flatMap((spec) =>
    [spec.name, ...(spec.aliases ?? [])].map((path) => ({
      path,
      summary: spec.summary,
      words: words([...spec.options, ...GLOBAL]),
    })),
  );
}

function firstWords(): string[] {
  return [...new Set([...entries().map((e) => e.path.split(" ")[0]!), "completion"])];
}

function groups(): Map<string, string[]> {
  const found = new Map<string, string[]>();
  for (const { path } of entries()) {
    const [group, leaf] = path.split(" ");
    if (leaf) found.set(group!, [...(found.get(group!) ?? []), leaf]);
  }
  return found;
}

function bashScript(): string {
  const cases = entries().map((e) => `    "${e.path}") words="${e.words.join(" ")}" ;;`);
  const inGroup = [...groups()].map(([group, leaves]) => `    "${group}") words="${leaves.join(" ")}" ;;`);
  return `_tsdbt() {
  local current="\${COMP_WORDS[COMP_CWORD]}" command="" words word
  for word in "\${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    case "$word" in
      -*) ;;
      *)
        if [ -z "$command" ]; then command="$word"
        elif [ "$command" = source ] || [ "$command" = docs ]; then command="$command $word"; break
        else break
        fi ;;
    esac
  done
  case "$command" in
    "") words="${[...firstWords(), ...words(GLOBAL)].join(" ")}" ;;
${[...cases, ...inGroup].join("\n")}
    *) words="" ;;
  esac
  COMPREPLY=($(compgen -W "$words" -- "$current"))
}
complete -o default -F _tsdbt tsdbt
`;
}

function zshScript(): string {
  return `autoload -U +X bashcompinit && bashcompinit\n${bashScript()}`;
}

function fishScript(): string {
  const quote = (text: string) => `'${text.replaceAll("'", "\\'")}'`;
  const lines = ["complete -c tsdbt -f"];
  for (const { path, summary } of entries()) {
    const [first, leaf] = path.split(" ");
    const when = leaf ? `__fish_seen_subcommand_from ${first}` : "__fish_use_subcommand";
    lines.push(`complete -c tsdbt -n ${quote(when)} -a ${leaf ?? first} -d ${quote(summary)}`);
  }
  for (const group of groups().keys()) lines.push(`complete -c tsdbt -n '__fish_use_subcommand' -a ${group}`);
  for (const spec of COMMANDS) {
    const leaf = spec.name.split(" ").at(-1)!;
    for (const option of spec.options) {
      if (option.hidden) continue;
      const short = option.short ? ` -s ${option.short}` : "";
      const takes = option.kind === "value" || option.kind === "list" ? " -r" : "";
      lines.push(
        `complete -c tsdbt -n '__fish_seen_subcommand_from ${leaf}' -l ${option.name}${short}${takes} -d ${quote(option.help)}`,
      );
    }
  }
  for (const option of GLOBAL) {
    if (option.hidden) continue;
    const takes = option.kind === "value" ? " -r" : "";
    lines.push(`complete -c tsdbt -l ${option.name}${takes} -d ${quote(option.help)}`);
  }
  return `${lines.join("\n")}\n`;
}
