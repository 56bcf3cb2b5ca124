/** The parts of Hive's CREATE EXTERNAL TABLE that Glue keeps. https://docs.aws.amazon.com/athena/latest/ug/create-table.html */
import type { GlueColumn, GlueTable } from "./glue-client.ts";
import { closing, commaParts, leadingName, unquoted } from "./sql-text.ts";

const TEXT = {
  InputFormat: "org.apache.hadoop.mapred.TextInputFormat",
  OutputFormat: "org.apache.hadoop.hive.ql.io.HiveIgnoreKeyTextOutputFormat",
};
const LAZY_SIMPLE = "org.apache.hadoop.hive.serde2.lazy.LazySimpleSerDe";
const FORMATS: { readonly [name: string]: { InputFormat: string; OutputFormat: string; serde: string } } = {
  TEXTFILE: { ...TEXT, serde: LAZY_SIMPLE },
  PARQUET: {
    InputFormat: "org.apache.hadoop.hive.ql.io.parquet.MapredParquetInputFormat",
    OutputFormat: "org.apache.hadoop.hive.ql.io.parquet.MapredParquetOutputFormat",
    serde: "org.apache.hadoop.hive.ql.io.parquet.serde.ParquetHiveSerDe",
  },
  ORC: {
    InputFormat: "org.apache.hadoop.hive.ql.io.orc.OrcInputFormat",
    OutputFormat: "org.apache.hadoop.hive.ql.io.orc.OrcOutputFormat",
    serde: "org.apache.hadoop.hive.ql.io.orc.OrcSerde",
  },
  AVRO: {
    InputFormat: "org.apache.hadoop.hive.ql.io.avro.AvroContainerInputFormat",
    OutputFormat: "org.apache.hadoop.hive.ql.io.avro.AvroContainerOutputFormat",
    serde: "org.apache.hadoop.hive.serde2.avro.AvroSerDe",
  },
  JSON: { ...TEXT, serde: "org.apache.hive.hcatalog.data.JsonSerDe" },
};
/** JSON by another name, which Trino does not know. */
const SERDES: { readonly [name: string]: string } = {
  "org.openx.data.jsonserde.JsonSerDe": "org.apache.hive.hcatalog.data.JsonSerDe",
};

/** What a CREATE [EXTERNAL] TABLE with a list of columns says. */
export interface CreateTable {
  name: string[];
  ifNotExists: boolean;
  columns: GlueColumn[];
  partitions: string[];
  location: string | null;
  properties: { [key: string]: string };
  table: GlueTable;
}

/** Reads the statement, its `create [external] table` taken off. Throws a SyntaxError. */
export function parseCreateTable(text: string): CreateTable {
  const exists = /^\s*if\s+not\s+exists\s+/i.exec(text);
  const { parts: name, rest } = leadingName(exists ? text.slice(exists[0].length) : text);
  if (!rest.startsWith("(")) throw new SyntaxError(`mismatched input at '${rest.slice(0, 30)}'. Expecting: '('`);
  let end = closing(rest, 0);
  const columns = columnsOf(rest.slice(1, end - 1));
  let tail = rest.slice(end);
  const take = (pattern: RegExp): RegExpExecArray | null => {
    const match = pattern.exec(tail);
    if (match) tail = tail.slice(match[0].length);
    return match;
  };
  const bracket = (): string => {
    end = closing(tail, 0);
    const inner = tail.slice(1, end - 1);
    tail = tail.slice(end);
    return inner;
  };
  let partitionText: string[] = [];
  let serde: string | undefined;
  let serdeParameters: { [key: string]: string } = {};
  let format = FORMATS.TEXTFILE!;
  let location: string | null = null;
  let description: string | undefined;
  let properties: { [key: string]: string } = {};
  while (tail.trim() !== "") {
    if (take(/^\s*partitioned\s+by\s*(?=\()/i)) partitionText = commaParts(bracket());
    else if (take(/^\s*clustered\s+by\s*(?=\()/i)) {
      bracket();
      take(/^\s*into\s+\d+\s+buckets/i);
    } else if (take(/^\s*row\s+format\s+serde\s+/i)) {
      serde = unquoted(take(/^\s*'(?:[^']|'')*'/)?.[0] ?? "");
      if (take(/^\s*with\s+serdeproperties\s*(?=\()/i)) serdeParameters = propertiesOf(bracket());
    } else if (take(/^\s*row\s+format\s+delimited/i)) {
      const delimiter = take(/^\s*fields\s+terminated\s+by\s+('(?:[^']|'')*')/i);
      if (delimiter) serdeParameters["field.delim"] = unquoted(delimiter[1]!).replace("\\t", "\t");
      while (
        take(
          /^\s*(?:escaped|collection\s+items\s+terminated|map\s+keys\s+terminated|lines\s+terminated)\s+by\s+'[^']*'/i,
        )
      );
    } else if (take(/^\s*stored\s+as\s+inputformat\s+/i)) {
      const InputFormat = unquoted(take(/^\s*'[^']*'/)?.[0] ?? "");
      take(/^\s*outputformat\s+/i);
      format = { InputFormat, OutputFormat: unquoted(take(/^\s*'[^']*'/)?.[0] ?? ""), serde: LAZY_SIMPLE };
    } else {
      const stored = take(/^\s*stored\s+as\s+(\w+)/i);
      if (stored) {
        format = FORMATS[stored[1]!.toUpperCase()] ?? format;
        continue;
      }
      const place = take(/^\s*location\s+('(?:[^']|'')*')/i);
      if (place) {
        location = unquoted(place[1]!);
        continue;
      }
      const comment = take(/^\s*comment\s+('(?:[^']|'')*')/i);
      if (comment) {
        description = unquoted(comment[1]!);
        continue;
      }
      if (take(/^\s*tblproperties\s*(?=\()/i)) {
        properties = propertiesOf(bracket());
        continue;
      }
      throw new SyntaxError(`mismatched input '${tail.trim().split(/\s/)[0]}'`);
    }
  }
  const iceberg = properties.table_type?.toLowerCase() === "iceberg";
  const keys = iceberg ? [] : partitionText.map((part) => columnsOf(part)[0]!);
  return {
    name,
    ifNotExists: exists !== null,
    columns,
    partitions: partitionText,
    location,
    properties,
    table: {
      Name: name.at(-1)!,
      ...(description !== undefined && { Description: description }),
      TableType: "EXTERNAL_TABLE",
      Parameters: { EXTERNAL: "TRUE", ...(description !== undefined && { comment: description }), ...properties },
      PartitionKeys: keys,
      StorageDescriptor: {
        Columns: columns,
        Location: location ?? "",
        InputFormat: format.InputFormat,
        OutputFormat: format.OutputFormat,
        SerdeInfo: { SerializationLibrary: SERDES[serde ?? ""] ?? serde ?? format.serde, Parameters: serdeParameters },
      },
    },
  };
}

/** `a int, b string comment 'x'` as Glue's columns. */
export function columnsOf(text: string): GlueColumn[] {
  return commaParts(text).map((part) => {
    const { parts, rest } = leadingName(part);
    const comment = /\s+comment\s+('(?:[^']|'')*')\s*$/i.exec(rest);
    const type = (comment ? rest.slice(0, comment.index) : rest).trim().toLowerCase();
    return { Name: parts[0]!.toLowerCase(), Type: type, ...(comment && { Comment: unquoted(comment[1]!) }) };
  });
}

/** `'a'='b', 'c'='d'` as an object. */
export function propertiesOf(text: string): { [key: string]: string } {
  return Object.fromEntries(
    commaParts(text).map((part) => {
      const at = part.indexOf("=");
      return [unquoted(part.slice(0, at)).replace(/^"|"$/g, ""), unquoted(part.slice(at + 1))];
    }),
  );
}

/** A type of Hive's DDL in Trino's words: `array<int>` is `array(integer)`. */
export function trinoType(hive: string): string {
  const text = hive.trim().toLowerCase();
  const inner = /^(array|map)\s*[<(](.*)[>)]$/s.exec(text);
  if (inner) return `${inner[1]}(${commaParts(inner[2]!).map(trinoType).join(", ")})`;
  const struct = /^struct\s*<(.*)>$/s.exec(text);
  if (struct) {
    const fields = commaParts(struct[1]!).map((field) => {
      const [name, ...type] = field.split(":");
      return `"${name!.trim()}" ${trinoType(type.join(":"))}`;
    });
    return `row(${fields.join(", ")})`;
  }
  return (
    { int: "integer", string: "varchar", float: "real", binary: "varbinary", timestamp: "timestamp(6)" }[text] ?? text
  );
}

/** A type of Trino's in the words of Hive's DDL: the other way round. */
export function hiveType(trino: string): string {
  const text = trino.trim().toLowerCase();
  const inner = /^(array|map|row)\((.*)\)$/s.exec(text);
  if (inner?.[1] === "row") {
    const fields = commaParts(inner[2]!).map((field) => {
      const { parts, rest } = leadingName(field);
      return `${parts[0]}:${hiveType(rest)}`;
    });
    return `struct<${fields.join(",")}>`;
  }
  if (inner) return `${inner[1]}<${commaParts(inner[2]!).map(hiveType).join(",")}>`;
  if (text.startsWith("timestamp")) return "timestamp";
  return (
    { integer: "int", real: "float", varbinary: "binary", varchar: "string" }[text.replace(/^varchar.*/, "varchar")] ??
    text
  );
}
