import { Command, CommanderError, Option } from "commander";
import { didYouMean } from "../manifest/nearest.ts";
import { COMMANDS } from "./commands/index.ts";
import { commandHelp, groupHelp, rootHelp } from "./help.ts";
import { GLOBAL } from "./options.ts";
import type { CommandSpec, OptionSpec } from "./spec.ts";

/** What the command line says. */
export type Parsed =
  | { kind: "command"; spec: CommandSpec; command: string; given: { [flag: string]: unknown } }
  | { kind: "help"; text: string; exitCode: number }
  | { kind: "version" }
  | { kind: "usage"; command: string; message: string };

/**
 * Reads the command line, options before or behind the command: `parseArguments(["-t", "dev", "run", "-s", "a", "b"])`.
 * What it cannot read becomes a usage message; nothing is printed and nothing thrown.
 */
export function parseArguments(argv: readonly string[]): Parsed {
  let parsed: Parsed | null = null;
  const root = new Command("tsdbt");
  prepare(root, GLOBAL);
  const commands = COMMANDS.map((spec) => {
    const [group, leaf] = spec.name.includes(" ") ? (spec.name.split(" ") as [string, string]) : [null, spec.name];
    const parent = group ? (root.commands.find((c) => c.name() === group) ?? makeGroup(root, group)) : root;
    const command = parent.command(leaf);
    for (const alias of spec.aliases ?? []) command.alias(alias.split(" ").at(-1)!);
    return { spec, command };
  });
  const path = commandPath(root, argv);
  for (const { spec, command } of commands) {
    // The options of the other commands are not asked for.
    prepare(command, spec === path.spec ? [...spec.options, ...GLOBAL] : []);
    for (const argument of spec.arguments ?? []) {
      command.argument(argument.required ? `<${argument.name}>` : `[${argument.name}]`);
    }
    command.allowExcessArguments(true);
    command.action(() => {
      const extra = command.args.slice(spec.arguments?.length ?? 0);
      if (extra.length > 0) {
        parsed = { kind: "usage", command: `tsdbt ${spec.name}`, message: unexpected(extra, spec) };
        return;
      }
      const given = flagsOf(command, [...GLOBAL, ...spec.options]);
      spec.arguments?.forEach((argument, index) => {
        if (command.args[index] !== undefined) given[argument.name] = command.args[index];
      });
      parsed = { kind: "command", spec, command: path.words, given };
    });
  }
  try {
    root.parse(canonical(argv, path.spec), { from: "user" });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    return explain(error, path);
  }
  return parsed ?? { kind: "help", text: path.group ? groupHelp(path.group) : rootHelp(), exitCode: 2 };
}

function makeGroup(root: Command, name: string): Command {
  const group = root.command(name);
  prepare(group, GLOBAL);
  return group;
}

function prepare(command: Command, options: readonly OptionSpec[]): void {
  command.exitOverride();
  command.helpOption("-h, --help");
  command.configureOutput({ writeOut: () => {}, writeErr: () => {} });
  command.showSuggestionAfterError(false);
  command.helpCommand(false);
  command.version("", "-V, --version");
  for (const option of options) addOption(command, option);
}

function addOption(command: Command, spec: OptionSpec): void {
  const short = spec.short ? `-${spec.short}, ` : "";
  const metavar = spec.kind === "value" ? " <value>" : spec.kind === "list" ? " <values...>" : "";
  command.addOption(new Option(`${short}--${spec.name}${metavar}`));
  if (spec.kind === "switch") command.addOption(new Option(`--no-${spec.name}`));
}

/** The options in use by flag name: those of the command itself before those of its parents. */
function flagsOf(command: Command, specs: readonly OptionSpec[]): { [flag: string]: unknown } {
  const values: { [key: string]: unknown } = {};
  for (let at: Command | null = command; at; at = at.parent) {
    for (const [key, value] of Object.entries(at.opts())) if (!(key in values)) values[key] = value;
  }
  const given: { [flag: string]: unknown } = {};
  for (const spec of specs) {
    const value = values[camel(spec.name)];
    if (value !== undefined) given[spec.flag ?? spec.name.replaceAll("-", "_")] = value;
  }
  return given;
}

function camel(name: string): string {
  return name.replace(/-(.)/g, (_, letter: string) => letter.toUpperCase());
}

/** Other spellings of options become the main one; `-v` is `--version`. */
function canonical(argv: readonly string[], spec: CommandSpec | null): string[] {
  const names = new Map<string, string>([["-v", "--version"]]);
  for (const option of spec?.options ?? []) {
    for (const alias of option.aliases ?? []) names.set(alias, `--${option.name}`);
  }
  const out: string[] = [];
  for (let i = 0; i < argv.length; i++) {
    const word = argv[i]!;
    if (word === "--") return [...out, ...argv.slice(i)];
    const equals = word.startsWith("--") ? word.indexOf("=") : -1;
    const name = equals > 0 ? word.slice(0, equals) : word;
    const to = names.get(name);
    out.push(to ? to + (equals > 0 ? word.slice(equals) : "") : word);
  }
  return out;
}

interface Path {
  /** `tsdbt run`, as far as it could be read. */
  words: string;
  group: string | null;
  spec: CommandSpec | null;
}

/** Which command is meant, found before parsing, so that errors and aliases know it. */
function commandPath(root: Command, argv: readonly string[]): Path {
  const valued = new Set<string>();
  for (const option of GLOBAL) {
    if (option.kind !== "value" && option.kind !== "list") continue;
    valued.add(`--${option.name}`);
    if (option.short) valued.add(`-${option.short}`);
  }
  let at = root;
  const words = ["tsdbt"];
  for (let i = 0; i < argv.length; i++) {
    const word = argv[i]!;
    if (valued.has(word)) i++;
    else if (!word.startsWith("-")) {
      const next = at.commands.find((c) => c.name() === word || c.aliases().includes(word));
      if (!next) break;
      at = next;
      words.push(word);
      if (at.commands.length === 0) break;
    }
  }
  const name = words.slice(1).join(" ");
  const spec = COMMANDS.find((s) => s.name === name || s.aliases?.includes(name)) ?? null;
  return { words: words.join(" "), group: !spec && words.length === 2 ? words[1]! : null, spec };
}

function explain(error: CommanderError, path: Path): Parsed {
  const usage = (message: string): Parsed => ({ kind: "usage", command: path.words, message });
  const quoted = /'([^']*)'/.exec(error.message)?.[1] ?? "";
  const hint = (known: Iterable<string>, name = quoted) => {
    const near = didYouMean(name, known);
    return near ? ` ${near[0]!.toUpperCase()}${near.slice(1)}` : "";
  };
  switch (error.code) {
    case "commander.version":
      return { kind: "version" };
    case "commander.helpDisplayed":
    case "commander.help":
      return {
        kind: "help",
        text: path.spec ? commandHelp(path.spec) : path.group ? groupHelp(path.group) : rootHelp(),
        exitCode: error.code === "commander.helpDisplayed" ? 0 : 2,
      };
    case "commander.unknownOption": {
      const known = [...(path.spec?.options ?? []), ...GLOBAL].flatMap((o) =>
        o.kind === "switch" ? [`--${o.name}`, `--no-${o.name}`] : [`--${o.name}`],
      );
      return usage(`No such option '${quoted}'.${hint(known)}${foreign(quoted, path)}`);
    }
    case "commander.unknownCommand":
    case "commander.excessArguments": {
      const names = COMMANDS.flatMap((s) => [s.name, ...(s.aliases ?? [])]);
      const known = path.group
        ? names.filter((n) => n.startsWith(`${path.group} `)).map((n) => n.slice(path.group!.length + 1))
        : names.map((n) => n.split(" ")[0]!);
      return usage(`No such command '${quoted}'.${hint(known)}`);
    }
    case "commander.optionMissingArgument": {
      const name = /--[\w-]+/.exec(quoted)?.[0] ?? quoted;
      return usage(`Option '${name}' requires an argument.`);
    }
    case "commander.missingArgument":
      return usage(`Missing argument '${quoted.toUpperCase()}'.`);
    default:
      return usage(error.message.replace(/^error: /, ""));
  }
}

/** Where an option is unknown here but known to other commands: which. */
function foreign(option: string, path: Path): string {
  const name = option.replace(/^--(no-)?/, "");
  const owners = COMMANDS.filter(
    (s) => s !== path.spec && s.options.some((o) => o.name === name || `-${o.short}` === option),
  );
  if (owners.length === 0 || owners.length > 7) return "";
  return ` It is an option of ${owners.map((s) => s.name).join(", ")}.`;
}

function unexpected(words: readonly string[], spec: CommandSpec): string {
  const said = `Got unexpected extra argument${words.length > 1 ? "s" : ""} (${words.join(" ")}).`;
  const selects = spec.options.some((option) => option.name === "select");
  return selects ? `${said} To choose nodes write: tsdbt ${spec.name} --select ${words.join(" ")}` : said;
}
