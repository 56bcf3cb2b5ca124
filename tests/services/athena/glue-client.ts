export interface GlueColumn {
  Name: string;
  Type: string;
  Comment?: string;
  Parameters?: { [key: string]: string };
}

export interface GlueTable {
  Name: string;
  DatabaseName?: string;
  Description?: string;
  TableType?: string;
  Parameters?: { [key: string]: string };
  PartitionKeys?: GlueColumn[];
  StorageDescriptor?: {
    Columns?: GlueColumn[];
    Location?: string;
    InputFormat?: string;
    OutputFormat?: string;
    SerdeInfo?: { SerializationLibrary?: string; Parameters?: { [key: string]: string } };
    [key: string]: unknown;
  };
  [key: string]: unknown;
}

export class GlueError extends Error {
  readonly code: string;
  constructor(code: string, message: string) {
    super(message);
    this.code = code;
  }
}

/** Calls Glue as the front needs it: `glue("GetTable", { DatabaseName, Name })`. */
export type GlueCall = (action: string, input: object) => Promise<{ [key: string]: unknown }>;

export function glueClient(endpoint: string, region: string): GlueCall {
  return async (action, input) => {
    const response = await fetch(endpoint, {
      method: "POST",
      headers: {
        "Content-Type": "application/x-amz-json-1.1",
        "X-Amz-Target": `AWSGlue.${action}`,
        Authorization: `AWS4-HMAC-SHA256 Credential=front/20200101/${region}/glue/aws4_request, SignedHeaders=host, Signature=0`,
      },
      body: JSON.stringify(input),
    });
    const text = await response.text();
    const answer = text === "" ? {} : (JSON.parse(text) as { [key: string]: unknown });
    if (response.ok) return answer;
    throw new GlueError(
      String(answer.__type ?? response.status).replace(/^.*#/, ""),
      String(answer.Message ?? answer.message ?? text),
    );
  };
}

/** A table; null where there is none. */
export async function glueTable(glue: GlueCall, schema: string, name: string): Promise<GlueTable | null> {
  try {
    return (await glue("GetTable", { DatabaseName: schema, Name: name })).Table as GlueTable;
  } catch (error) {
    if (error instanceof GlueError && error.code === "EntityNotFoundException") return null;
    throw error;
  }
}

export function isIceberg(table: GlueTable | null): boolean {
  return table?.Parameters?.table_type?.toLowerCase() === "iceberg";
}

const INPUT_FIELDS = [
  ...["Name", "Description", "Owner", "LastAccessTime", "LastAnalyzedTime", "Retention", "StorageDescriptor"],
  ...["PartitionKeys", "ViewOriginalText", "ViewExpandedText", "TableType", "Parameters", "TargetTable"],
];

/** The fields of a table that UpdateTable takes. */
export function tableInput(table: GlueTable): GlueTable {
  return Object.fromEntries(Object.entries(table).filter(([key]) => INPUT_FIELDS.includes(key))) as GlueTable;
}
