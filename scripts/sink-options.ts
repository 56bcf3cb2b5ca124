/** `npm run docs:sink`: writes the table of options into docs/sink.md, from the schema that checks them. */
import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { z } from "zod";
import { configSchema } from "../sink/config/index.ts";

const FILE = fileURLToPath(new URL("../docs/sink.md", import.meta.url));
const [BEGIN, END] = ["<!-- options -->", "<!-- end of options -->"];

interface Node {
  kind?: string;
  standard?: string;
  type?: string;
  description?: string;
  default?: unknown;
  enum?: unknown[];
  const?: unknown;
  properties?: { [name: string]: Node };
  required?: string[];
  additionalProperties?: Node | boolean;
  anyOf?: Node[];
  oneOf?: Node[];
  items?: Node;
}

/** The table of all options. */
export function optionsTable(): string {
  const rows = ["| option | what it takes | default | what it does |", "| --- | --- | --- | --- |"];
  collect(z.toJSONSchema(configSchema, { io: "input", unrepresentable: "any" }) as Node, "", rows);
  return rows.join("\n");
}

function collect(node: Node, path: string, rows: string[]): void {
  for (const [name, option] of Object.entries(node.properties ?? {})) {
    const full = path ? `${path}.${name}` : name;
    const section = [option, ...(option.anyOf ?? [])].find((part) => part.properties);
    if (section) {
      if (option.description) rows.push(`| \`${full}\` | a section |  | ${cell(option.description)} |`);
      collect(section, full, rows);
    } else if (option.oneOf) {
      for (const part of option.oneOf) collect(part, full, rows);
    } else {
      const standard = option.standard
        ? `\`${option.standard}\``
        : option.default === undefined
          ? node.required?.includes(name)
            ? "required"
            : ""
          : shown(option.default);
      rows.push(`| \`${full}\` | ${cell(takes(option))} | ${cell(standard)} | ${cell(option.description ?? "")} |`);
    }
  }
}

function takes(option: Node): string {
  if (option.kind) return option.kind;
  if (option.enum) return option.enum.map((value) => `\`${value}\``).join(", ");
  if (option.const !== undefined) return `\`${option.const}\``;
  if (option.anyOf) return option.anyOf.map(takes).join(" or ");
  if (option.type === "array") return `a list of ${takes(option.items ?? {})}`;
  if (option.type === "object") return "a mapping";
  return (
    { string: "text", integer: "a whole number", number: "a number", boolean: "true or false" }[option.type ?? ""] ??
    "anything"
  );
}

function shown(value: unknown): string {
  if (value === "") return '`""`';
  return `\`${typeof value === "string" ? value : JSON.stringify(value)}\``;
}

function cell(text: string): string {
  return text.replaceAll("|", "\\|");
}

/** docs/sink.md as it is, and as it should be. */
export function documents(): { now: string; wanted: string } {
  const now = readFileSync(FILE, "utf8");
  const [before, rest] = now.split(BEGIN) as [string, string];
  const after = rest.slice(rest.indexOf(END));
  return { now, wanted: `${before}${BEGIN}\n${optionsTable()}\n${after}` };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) writeFileSync(FILE, documents().wanted);
