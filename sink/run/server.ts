import { createServer } from "node:http";
import type { Config } from "../config/index.ts";
import { messageOf, SinkError } from "../errors.ts";
import type { Metrics } from "./metrics.ts";

/** Answers /metrics, /health and /ready. */
export interface StatusServer {
  port: number;
  close(): Promise<void>;
}

interface Status {
  healthy: boolean;
  ready: boolean;
  [detail: string]: unknown;
}

export async function serveStatus(
  { host, port }: NonNullable<Config["http"]>,
  metrics: Metrics,
  status: () => Status,
): Promise<StatusServer> {
  const server = createServer((request, response) => {
    const path = (request.url ?? "").split("?")[0];
    const answer = (code: number, body: string, type: string) =>
      response.writeHead(code, { "content-type": type }).end(body);
    if (path === "/metrics") {
      metrics.registry.metrics().then(
        (text) => answer(200, text, metrics.registry.contentType),
        (error) => answer(500, messageOf(error), "text/plain"),
      );
    } else if (path === "/health" || path === "/ready") {
      const now = status();
      const good = path === "/health" ? now.healthy : now.ready;
      answer(good ? 200 : 503, `${JSON.stringify(now)}\n`, "application/json");
    } else {
      answer(404, "there are /metrics, /health and /ready\n", "text/plain");
    }
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", (error) =>
      reject(
        new SinkError(`cannot listen on ${host}:${port}: ${messageOf(error)}`, {
          hint: "choose another http.port, or 0",
          cause: error,
        }),
      ),
    );
    server.listen(port, host, resolve);
  });
  const address = server.address();
  return {
    port: typeof address === "object" && address ? address.port : port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
