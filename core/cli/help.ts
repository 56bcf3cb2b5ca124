import { COMMANDS } from "./commands/index.ts";
import { GLOBAL } from "./options.ts";
import type { CommandSpec, OptionSpec } from "./spec.ts";

/** `tsdbt --help`. */
export function rootHelp(): string {
  return [
    "Usage: tsdbt [OPTIONS] COMMAND [ARGS]...",
    "",
    "  Runs dbt projects: builds models, tests them and tells how they hang together.",
    "",
    "Commands:",
    ...columns(COMMANDS.map((spec) => [[spec.name, ...(spec.aliases ?? []).slice(0, 1)].join(", "), spec.summary])),
    ...columns([["completion", "Print a script that completes commands and options: bash, zsh or fish."]]),
    "",
    "Options for every command:",
    ...optionLines(GLOBAL),
    "",
    "tsdbt COMMAND --help tells the options of one command and shows examples.",
    "",
  ].join("\n");
}

/** `tsdbt source`. */
export function groupHelp(group: string): string {
  const own = COMMANDS.filter((spec) => spec.name.startsWith(`${group} `));
  return [
    `Usage: tsdbt ${group} [OPTIONS] COMMAND [ARGS]...`,
    "",
    "Commands:",
    ...columns(own.map((spec) => [spec.name.slice(group.length + 1), spec.summary])),
    "",
  ].join("\n");
}

/** `tsdbt run --help`. */
export function commandHelp(spec: CommandSpec): string {
  const args = (spec.arguments ?? []).map((a) => (a.required ? a.name.toUpperCase() : `[${a.name.toUpperCase()}]`));
  const lines = [`Usage: tsdbt ${[spec.name, "[OPTIONS]", ...args].join(" ")}`, "", `  ${spec.summary}`, ""];
  if (spec.arguments) {
    lines.push("Arguments:", ...columns(spec.arguments.map((a) => [a.name.toUpperCase(), a.help])), "");
  }
  if (spec.examples.length > 0) lines.push("Examples:", ...columns(spec.examples, 60), "");
  const own = optionLines(spec.options);
  if (own.length > 0) lines.push("Options:", ...own, "");
  lines.push("Options for every command:", ...optionLines(GLOBAL), "");
  return lines.join("\n");
}

function optionLines(options: readonly OptionSpec[]): string[] {
  return columns(
    options
      .filter((option) => !option.hidden)
      .map((option) => {
        const name = option.kind === "switch" ? `--[no-]${option.name}` : `--${option.name}`;
        const short = option.short ? `-${option.short}, ` : "";
        const metavar = option.metavar ? ` ${option.metavar}${option.kind === "list" ? "..." : ""}` : "";
        return [`${short}${name}${metavar}`, option.help] as const;
      }),
  );
}

const WIDTH = 38;

function columns(rows: readonly (readonly [string, string])[], limit: number = WIDTH): string[] {
  const widest = Math.max(0, ...rows.map(([left]) => left.length));
  const width = Math.min(widest, limit);
  return rows.flatMap(([left, right]) =>
    left.length > width
      ? [`  ${left}`, `  ${" ".repeat(width)}  ${right}`]
      : [`  ${left.padEnd(width)}  ${right}`.trimEnd()],
  );
}
