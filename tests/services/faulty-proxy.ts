import { createServer, request } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";

/** What a proxy does to a request. `lost` carries it out and drops the answer. */
export type Fault = "none" | "500" | "503" | "403" | "reset" | "lost" | "slow" | "hang";

/** An HTTP proxy in front of one service, which does harm on demand. */
export interface FaultyProxy {
  endpoint: string;
  /** Chosen for each request. */
  choose: (method: string, path: string) => Fault;
  readonly counts: Map<Fault, number>;
  stop(): Promise<void>;
}

const SLOW_MS = 700;

export async function startFaultyProxy(target: string): Promise<FaultyProxy> {
  const { hostname, port } = new URL(target);
  const counts = new Map<Fault, number>();
  const server = createServer(async (incoming, outgoing) => {
    const fault = proxy.choose(incoming.method ?? "", incoming.url ?? "");
    counts.set(fault, (counts.get(fault) ?? 0) + 1);
    incoming.on("error", () => undefined);
    if (fault === "reset") return void incoming.socket.destroy();
    if (fault === "hang") return void incoming.resume();
    if (fault === "500" || fault === "503" || fault === "403") {
      incoming.resume();
      const code = fault === "500" ? "InternalError" : fault === "503" ? "SlowDown" : "AccessDenied";
      outgoing.writeHead(Number(fault), { "content-type": "application/xml" });
      outgoing.end(`<?xml version="1.0"?><Error><Code>${code}</Code><Message>a fault of the test</Message></Error>`);
      return;
    }
    if (fault === "slow") await sleep(SLOW_MS);
    const { method, url: path, headers } = incoming;
    const forwarded = request({ hostname, port, method, path, headers }, (answer) => {
      if (fault === "lost") {
        answer.resume();
        answer.on("end", () => incoming.socket.destroy());
        return;
      }
      outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(outgoing);
    });
    forwarded.on("error", () => outgoing.destroy());
    incoming.pipe(forwarded);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  const proxy: FaultyProxy = {
    endpoint: `http://127.0.0.1:${typeof address === "object" && address ? address.port : 0}`,
    choose: () => "none",
    counts,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
  return proxy;
}
