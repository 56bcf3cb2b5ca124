/** Reads a file of the site's data: over HTTP, or from the page itself where it is all in one. */
export interface Loader {
  text(name: string): Promise<string>;
  json<T>(name: string): Promise<T>;
  /** A script for a worker. */
  worker(): Promise<Worker>;
}

/** Trusted Types let no other text become a script: https://w3c.github.io/trusted-types/dist/spec/ */
const trusted = (
  globalThis as {
    trustedTypes?: {
      createPolicy(
        name: string,
        rules: { createScriptURL(url: string): string },
      ): { createScriptURL(url: string): string };
    };
  }
).trustedTypes?.createPolicy("tsdbt", {
  createScriptURL(url) {
    if (/^(blob:|tsdbt-docs\/worker\.js(\?|$))/.test(url)) return url;
    throw new TypeError("not the site's worker");
  },
});

function startWorker(url: string): Worker {
  return new Worker(trusted?.createScriptURL(url) ?? url);
}

/** The loader for this page. */
export function openLoader(): Loader {
  const inPage = document.querySelector("script[data-file]") !== null;
  const cache = new Map<string, Promise<unknown>>();
  const text = inPage ? textInPage : textOverHttp;
  return {
    text,
    json<T>(name: string): Promise<T> {
      let known = cache.get(name);
      if (!known) {
        known = text(name).then((json) => JSON.parse(json) as unknown);
        cache.set(name, known);
        known.catch(() => cache.delete(name));
      }
      return known as Promise<T>;
    },
    async worker() {
      if (!inPage) return startWorker(`${meta("tsdbt-data")}worker.js?v=${meta("tsdbt-version")}`);
      const source = new Blob([await textInPage("worker.js")], { type: "text/javascript" });
      return startWorker(URL.createObjectURL(source));
    },
  };
}

/** What the page says of itself in a meta element. */
export function meta(name: string): string {
  return document.querySelector<HTMLMetaElement>(`meta[name="${name}"]`)?.content ?? "";
}

async function textOverHttp(name: string): Promise<string> {
  const response = await fetch(`${meta("tsdbt-data")}${name}?v=${meta("tsdbt-version")}`);
  if (!response.ok) throw new Error(`${name} could not be loaded: ${response.status} ${response.statusText}`);
  return response.text();
}

async function textInPage(name: string): Promise<string> {
  const block = document.querySelector(`script[data-file="${CSS.escape(name)}"]`);
  if (!block) throw new Error(`${name} is not part of this page`);
  const binary = atob(block.textContent ?? "");
  const bytes = new Uint8Array(binary.length);
  for (let i = 0; i < binary.length; i++) bytes[i] = binary.charCodeAt(i);
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
  return new Response(stream).text();
}
