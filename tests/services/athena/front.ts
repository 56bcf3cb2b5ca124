/**
 * The front of the stand-in: Athena's API before Trino, and ways through to Glue (with STS and Lake Formation) and S3 that
 * keep a list of what was asked and can let a call fail before or after it took effect. Started by start.ts as a process of
 * its own; what its tests ask of it comes under `/_control`.
 */
import { createServer, type IncomingMessage, type Server, type ServerResponse, request as send } from "node:http";
import { buffer } from "node:stream/consumers";
import { ListObjectsV2Command, PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import type { RunningMinio } from "../minio.ts";
import { ApiError, AthenaApi } from "./api.ts";
import { type FaultRule, Faults, type RecordedCall } from "./faults.ts";
import { glueClient } from "./glue-client.ts";

export interface FrontAddresses {
  athena: string;
  glue: string;
  s3: string;
}

export async function startFront(at: { trino: string; glue: string; store: RunningMinio }): Promise<FrontAddresses> {
  const s3 = new S3Client({
    endpoint: at.store.endpoint,
    region: at.store.region,
    forcePathStyle: true,
    credentials: at.store,
  });
  const engine = {
    trino: at.trino,
    glue: glueClient(at.glue, at.store.region),
    occupied: async (location: string) => {
      const { bucket, key } = s3Path(location);
      return ((await s3.send(new ListObjectsV2Command({ Bucket: bucket, Prefix: key, MaxKeys: 1 }))).KeyCount ?? 0) > 0;
    },
  };
  const api = new AthenaApi(engine, async (location, body) => {
    const { bucket, key } = s3Path(location);
    await s3.send(new PutObjectCommand({ Bucket: bucket, Key: key, Body: Buffer.from(body) }));
  });
  const faults = new Faults();
  api.faultOf = (sql) => faults.ofStatement(sql);
  const athena = await listen(async (request, response) => {
    if (request.url?.startsWith("/_control")) return control(api, faults, request, response);
    await answerAthena(api, faults, request, response);
  });
  const glue = await listen((request, response) => passOn(at.glue, faults, glueCall, request, response));
  const store = await listen((request, response) => passOn(at.store.endpoint, faults, s3Call, request, response));
  return { athena, glue, s3: store };
}

function s3Path(location: string): { bucket: string; key: string } {
  const { hostname, pathname } = new URL(location);
  return { bucket: hostname, key: decodeURIComponent(pathname.slice(1)) };
}

type Handler = (request: IncomingMessage, response: ServerResponse) => Promise<void>;

async function listen(handle: Handler): Promise<string> {
  const server: Server = createServer((request, response) => {
    handle(request, response).catch((error: Error) => {
      if (!response.headersSent) response.writeHead(500);
      response.end(error.message);
    });
  });
  server.keepAliveTimeout = 60_000;
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  return `http://127.0.0.1:${address && typeof address === "object" ? address.port : 0}`;
}

async function answerAthena(api: AthenaApi, faults: Faults, request: IncomingMessage, response: ServerResponse) {
  const action = String(request.headers["x-amz-target"] ?? "").replace("AmazonAthena.", "");
  const input = JSON.parse((await buffer(request)).toString("utf8") || "{}") as { [key: string]: unknown };
  const reply = (status: number, body: object) => {
    response.writeHead(status, { "Content-Type": "application/x-amz-json-1.1" });
    response.end(JSON.stringify(body));
  };
  try {
    const sql = action === "StartQueryExecution" ? String(input.QueryString) : undefined;
    const call = { service: "athena", action, detail: sql ?? "", writes: action === "StartQueryExecution" };
    const fault = faults.of({ ...call, key: keyOf(request) }, action !== "StartQueryExecution");
    if (fault?.when === "before") throw new ApiError(fault.code, fault.message);
    const answer = await api.call(action, input);
    if (fault) throw new ApiError(fault.code, fault.message);
    reply(200, answer);
  } catch (error) {
    const { type, message, status } = error as ApiError;
    reply(status ?? 500, { __type: type ?? "InternalServerException", Message: message, message });
  }
}

type Call = Omit<RecordedCall, "key">;

function keyOf({ headers }: IncomingMessage): string {
  return /Credential=([^/]+)/.exec(headers.authorization ?? "")?.[1] ?? "";
}

const READING = /^(?:Get|List|Search|Batch(?:Get|.*Read)|Describe|AssumeRole|Check)/;

function glueCall(request: IncomingMessage, body: Buffer): Call {
  const target = String(request.headers["x-amz-target"] ?? "");
  const [prefix, named] = target.split(".");
  if (named) {
    const service = prefix === "AWSLakeFormation" ? "lakeformation" : "glue";
    return { service, action: named, detail: body.toString("utf8"), writes: !READING.test(named) };
  }
  const form = new URLSearchParams(body.toString("utf8"));
  const asked = form.get("Action");
  if (asked) {
    const detail = ["RoleArn", "RoleSessionName", "ExternalId", "DurationSeconds"]
      .map((name) => form.get(name))
      .join(" ");
    return { service: "sts", action: asked, detail, writes: false };
  }
  const action = request.url?.replace(/^\//, "") ?? "";
  return { service: "lakeformation", action, detail: body.toString("utf8"), writes: !READING.test(action) };
}

function s3Call(request: IncomingMessage, body: Buffer): Call {
  const url = new URL(request.url ?? "/", "http://s3");
  const path = decodeURIComponent(url.pathname);
  const { method = "GET" } = request;
  if (method === "POST" && url.searchParams.has("delete")) {
    const keys = [...body.toString("utf8").matchAll(/<Key>([^<]*)<\/Key>/g)].map(([, key]) => key);
    return { service: "s3", action: "DeleteObjects", detail: `${path} ${keys.join(" ")}`, writes: true };
  }
  if (url.searchParams.get("list-type") === "2" || (method === "GET" && /^\/[^/]+\/?$/.test(path))) {
    return {
      service: "s3",
      action: "ListObjects",
      detail: `${path}?${url.searchParams.get("prefix") ?? ""}`,
      writes: false,
    };
  }
  const action = { PUT: "PutObject", DELETE: "DeleteObject", HEAD: "HeadObject" }[method] ?? "GetObject";
  return { service: "s3", action, detail: path, writes: method === "PUT" || method === "DELETE" || method === "POST" };
}

/** Hands a request on unchanged, signature and `Host` included, and its answer back. */
async function passOn(
  to: string,
  faults: Faults,
  callOf: (request: IncomingMessage, body: Buffer) => Call,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const body = await buffer(request);
  const call = callOf(request, body);
  const fault = faults.of({ ...call, key: keyOf(request) });
  const refuse = () => {
    if (call.service === "s3") {
      response.writeHead(fault!.status, { "Content-Type": "application/xml" });
      response.end(
        `<?xml version="1.0" encoding="UTF-8"?><Error><Code>${fault!.code}</Code><Message>${fault!.message}</Message></Error>`,
      );
    } else {
      response.writeHead(fault!.status, { "Content-Type": "application/x-amz-json-1.1" });
      response.end(JSON.stringify({ __type: fault!.code, Message: fault!.message, message: fault!.message }));
    }
  };
  if (fault?.when === "before") return refuse();
  const { hostname, port } = new URL(to);
  await new Promise<void>((resolve, reject) => {
    const onward = send(
      { hostname, port, method: request.method, path: request.url, headers: request.headers },
      (answer) => {
        if (fault) {
          answer.resume();
          answer.once("end", resolve);
          return refuse();
        }
        response.writeHead(answer.statusCode ?? 500, answer.headers);
        answer.pipe(response);
        answer.once("end", resolve);
      },
    );
    onward.once("error", reject);
    onward.end(body);
  });
}

async function control(
  api: AthenaApi,
  faults: Faults,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const url = new URL(request.url ?? "/", "http://front");
  const body = (await buffer(request)).toString("utf8");
  const input = body === "" ? {} : (JSON.parse(body) as { [key: string]: unknown });
  let answer: unknown = {};
  if (url.pathname.endsWith("/calls")) answer = faults.calls;
  else if (url.pathname.endsWith("/reset")) faults.reset();
  else if (url.pathname.endsWith("/fail")) faults.add(input as unknown as FaultRule);
  else if (url.pathname.endsWith("/queue")) api.queuedPolls = Number(input.polls);
  else response.statusCode = 404;
  // Who asks may be blocked for minutes then, and would find a kept connection closed.
  response.writeHead(response.statusCode, { "Content-Type": "application/json", Connection: "close" });
  response.end(JSON.stringify(answer));
}
