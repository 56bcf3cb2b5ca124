import { createServer } from "node:http";

/** What a schema refers to: a subject, here the text of a schema's id. */
interface Reference {
  name: string;
  subject: string;
  version: number;
}

/** A schema registry of the test's own, as far as reading goes. */
export interface TestRegistry {
  url: string;
  /** Registers a schema; answers its id. */
  add(schema: object, schemaType?: "AVRO" | "JSON", references?: Reference[]): number;
  /** While it is down every request is answered with 500. */
  down: boolean;
  stop(): Promise<void>;
}

export async function startRegistry(): Promise<TestRegistry> {
  const schemas: { schema: string; schemaType: string; references?: Reference[] }[] = [];
  const server = createServer((request, response) => {
    const answer = (status: number, body: unknown) =>
      response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
    const id = /^\/(?:schemas\/ids|subjects)\/(\d+)(?:\/versions\/1)?$/.exec(request.url ?? "")?.[1];
    if (registry.down) answer(500, { error_code: 50001 });
    else if (request.url === "/subjects") answer(200, []);
    else if (id && schemas[Number(id) - 1]) answer(200, schemas[Number(id) - 1]);
    else answer(404, { error_code: 40403 });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  const registry: TestRegistry = {
    url: `http://127.0.0.1:${typeof address === "object" && address ? address.port : 0}`,
    add: (schema, schemaType = "AVRO", references) =>
      schemas.push({ schema: JSON.stringify(schema), schemaType, ...(references && { references }) }),
    down: false,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
  return registry;
}

/** Confluent's wire format. */
export function framed(id: number, content: Buffer, magic = 0): Buffer {
  const head = Buffer.alloc(5);
  head.writeUInt8(magic, 0);
  head.writeUInt32BE(id, 1);
  return Buffer.concat([head, content]);
}
