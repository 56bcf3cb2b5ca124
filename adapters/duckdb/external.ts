import { posix } from "node:path";
import type { PyDict } from "../../core/jinja/index.ts";
import { pyStr } from "../../core/jinja/runtime/repr.ts";

const COMPRESSIONS: { readonly [extension: string]: string } = { ".gz": "gzip", ".zst": "zstd" };
const QUOTED = new Set(["delimiter", "quote", "escape", "null"]);

/** The options of `COPY … TO` for an external model; the format follows from the file's name where none is given. */
export function writeOptions(location: string, options: PyDict): string {
  if (!options.has("format")) chooseFormat(location, options);
  if (options.get("format") === "csv" && !options.has("header")) options.set("header", 1);
  const partition = options.get("partition_by");
  if (typeof partition === "string" && partition.includes(",") && !partition.startsWith("(")) {
    options.set("partition_by", `(${partition})`);
  }
  const written: string[] = [];
  for (const [key, value] of options.entries()) {
    const name = pyStr(key);
    const text = pyStr(value);
    written.push(QUOTED.has(name.toLowerCase()) && !text.startsWith("'") ? `${name} '${text}'` : `${name} ${text}`);
  }
  return written.join(", ");
}

function chooseFormat(location: string, options: PyDict): void {
  const last = posix.extname(location);
  const compression = COMPRESSIONS[last.toLowerCase()];
  const extension = (compression ? posix.extname(location.slice(0, -last.length)) : last).toLowerCase();
  if (!extension) {
    options.set("format", options.has("delimiter") ? "csv" : "parquet");
    return;
  }
  options.set("format", extension.slice(1));
  if (compression && !options.has("compression")) options.set("compression", compression);
}

/** Where the rows of an external model are read from: a glob where it was written as several files. */
export function readLocation(location: string, options: PyDict): string {
  const partition = options.get("partition_by");
  if (!partition && !options.get("per_thread_output")) return location;
  const levels = partition ? pyStr(partition).split(",").length : 0;
  const format = options.get("format");
  return `${[location, "*", ...Array.from({ length: levels }, () => "*")].join("/")}.${format === undefined ? "parquet" : pyStr(format)}`;
}
