import type { IncomingMessage } from "node:http";
import type { RequestOptions } from "node:https";
import type { Env } from "./session.ts";

/** A request that could not be made or answered; asking again may help where `again`. */
export class RequestError extends Error {
  readonly again: boolean;
  constructor(message: string, again: boolean) {
    super(message);
    this.again = again;
  }
}

export interface RequestSettings {
  env: Env;
  /** How long nothing may be heard of the server. */
  timeoutMs: number;
  signal?: AbortSignal | undefined;
}

/** An answer with status 200, and what it holds. */
export interface Answer {
  status: number;
  body: Buffer;
}

const MOST_REDIRECTS = 30;

/**
 * Fetches an address: `await get("https://host/file.json", settings)`. Follows redirects, passes on the user of the address,
 * goes through HTTPS_PROXY and HTTP_PROXY, trusts REQUESTS_CA_BUNDLE. Throws a {@link RequestError} in the words of Python's requests.
 */
export async function get(address: string, settings: RequestSettings): Promise<Answer> {
  let url = parse(address);
  for (let redirects = 0; redirects <= MOST_REDIRECTS; redirects++) {
    const response = await request(url, settings);
    const status = response.statusCode ?? 0;
    const { location } = response.headers;
    if (status >= 300 && status < 400 && location) {
      response.resume();
      const next = parse(new URL(location, url).href);
      // Credentials stay with the host they were given for.
      if (next.host === url.host && next.username === "") {
        next.username = url.username;
        next.password = url.password;
      }
      url = next;
      continue;
    }
    const body = await bodyOf(response, url, settings);
    if (status >= 400) {
      const side = status < 500 ? "Client" : "Server";
      const again = status >= 500 || status === 408 || status === 429;
      throw new RequestError(`${status} ${side} Error: ${response.statusMessage} for url: ${shown(url)}`, again);
    }
    return { status, body };
  }
  throw new RequestError(`Exceeded ${MOST_REDIRECTS} redirects.`, false);
}

/** An address without its user, for messages. */
export function shown(url: URL): string {
  const bare = new URL(url);
  bare.username = "";
  bare.password = "";
  return bare.href;
}

function parse(address: string): URL {
  const url = URL.canParse(address) ? new URL(address) : undefined;
  if (url?.protocol === "http:" || url?.protocol === "https:") return url;
  if (!url)
    throw new RequestError(
      `Invalid URL '${address}': No scheme supplied. Perhaps you meant https://${address}?`,
      false,
    );
  throw new RequestError(`No connection adapters were found for '${shown(url)}'`, false);
}

async function request(url: URL, settings: RequestSettings): Promise<IncomingMessage> {
  const [http, https] = await Promise.all([import("node:http"), import("node:https")]);
  const proxy = proxyFor(url, settings.env);
  const options: RequestOptions = {
    method: "GET",
    headers: { accept: "*/*", "user-agent": "tsdbt", ...authorization(url), host: url.host },
    signal: settings.signal,
    timeout: settings.timeoutMs,
    ...(url.protocol === "https:" ? await trusted(settings.env) : {}),
  };
  return new Promise((resolve, reject) => {
    const fail = (error: Error) => reject(failed(url, error));
    const send = (more: RequestOptions) => {
      const client = url.protocol === "https:" && !more.path?.startsWith("http:") ? https : http;
      const sent = client.request({ ...options, ...more });
      sent.on("response", resolve).on("error", fail);
      sent.on("timeout", () => sent.destroy(new Error("Read timed out.")));
      sent.end();
    };
    const path = url.pathname + url.search;
    if (!proxy) send({ host: bare(url.hostname), port: url.port || undefined, path });
    else if (url.protocol === "http:")
      send({
        host: bare(proxy.hostname),
        port: proxy.port || 80,
        path: shown(url),
        headers: { ...options.headers, ...authorization(proxy, "proxy-authorization") },
      });
    else {
      const tunnel = http.request({
        host: bare(proxy.hostname),
        port: proxy.port || 80,
        method: "CONNECT",
        path: `${url.hostname}:${url.port || 443}`,
        headers: { host: `${url.hostname}:${url.port || 443}`, ...authorization(proxy, "proxy-authorization") },
        signal: settings.signal,
        timeout: settings.timeoutMs,
      });
      tunnel.on("connect", (answer, socket) => {
        if (answer.statusCode === 200) send({ host: bare(url.hostname), path, agent: false, socket } as RequestOptions);
        else fail(new Error(`Tunnel connection failed: ${answer.statusCode} ${answer.statusMessage}`));
      });
      tunnel.on("error", fail).on("timeout", () => tunnel.destroy(new Error("Connect timed out.")));
      tunnel.end();
    }
  });
}

async function bodyOf(response: IncomingMessage, url: URL, settings: RequestSettings): Promise<Buffer> {
  const chunks: Buffer[] = [];
  response.setTimeout(settings.timeoutMs, () => response.destroy(new Error("Read timed out.")));
  try {
    for await (const chunk of response) chunks.push(chunk as Buffer);
  } catch (error) {
    throw failed(url, error as Error);
  }
  const body = Buffer.concat(chunks);
  const length = response.headers["content-length"];
  if (length !== undefined && Number(length) !== body.length)
    throw new RequestError(
      `IncompleteRead(${body.length} bytes read, ${Number(length) - body.length} more expected)`,
      true,
    );
  return body;
}

function failed(url: URL, error: Error): RequestError {
  if (error.name === "AbortError") return new RequestError("interrupted", false);
  const { code } = error as NodeJS.ErrnoException;
  const why =
    code === "ENOTFOUND" || code === "EAI_AGAIN" ? `Failed to resolve '${url.hostname}'` : error.message || code;
  return new RequestError(`Could not get ${shown(url)}: ${why}`, true);
}

function authorization(url: URL, header = "authorization"): { [header: string]: string } {
  if (url.username === "" && url.password === "") return {};
  const user = `${decodeURIComponent(url.username)}:${decodeURIComponent(url.password)}`;
  return { [header]: `Basic ${Buffer.from(user).toString("base64")}` };
}

/** An IPv6 address stands in brackets only within a URL. */
const bare = (hostname: string): string => hostname.replace(/^\[|\]$/g, "");

async function trusted(env: Env): Promise<{ ca?: (string | Buffer)[] }> {
  const file = env.REQUESTS_CA_BUNDLE || env.CURL_CA_BUNDLE;
  if (!file) return {};
  const [{ readFileSync }, { rootCertificates }] = await Promise.all([import("node:fs"), import("node:tls")]);
  try {
    return { ca: [...rootCertificates, readFileSync(file)] };
  } catch {
    throw new RequestError(`Could not find a suitable TLS CA certificate bundle, invalid path: ${file}`, false);
  }
}

function proxyFor(url: URL, env: Env): URL | null {
  const named = (name: string) => env[name.toLowerCase()] || env[name.toUpperCase()];
  const proxy = named(`${url.protocol.slice(0, -1)}_proxy`) ?? named("all_proxy");
  if (!proxy) return null;
  const host = bare(url.hostname);
  const direct = (named("no_proxy") ?? "")
    .split(",")
    .map((entry) => entry.trim().replace(/^\*?\./, ""))
    .some(
      (entry) =>
        entry === "*" || (entry !== "" && (host === entry || host.endsWith(`.${entry}`) || url.host === entry)),
    );
  if (direct) return null;
  const text = proxy.includes("://") ? proxy : `http://${proxy}`;
  return URL.canParse(text) ? new URL(text) : null;
}
