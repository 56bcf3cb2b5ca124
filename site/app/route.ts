import { useEffect, useState } from "preact/hooks";

/** What the address asks for: `#/node/model.shop.orders?tab=sql` is `{ page: "node", target: "model.shop.orders", query: {tab: "sql"} }`. */
export interface Route {
  page: string;
  target: string;
  query: { [name: string]: string };
}

/** Reads an address; dbt's own (`#!/model/model.shop.orders?g_v=1&g_i=+orders`) lead to the same places. */
export function readRoute(hash: string): Route {
  const [path = "", search = ""] = hash.replace(/^#!?\/?/, "").split(/\?(.*)/s);
  const parts = path
    .split("/")
    .map(decoded)
    .filter((part) => part !== "");
  const query = Object.fromEntries(new URLSearchParams(search));
  if (hash.startsWith("#!")) {
    if (query.g_v !== undefined) {
      const select = query.g_i ?? parts.at(-1)?.split(".").at(-1) ?? "";
      return { page: "lineage", target: "", query: { select, ...(query.g_e ? { exclude: query.g_e } : {}) } };
    }
    return parts[1]
      ? { page: "node", target: parts.slice(1).join("/"), query: {} }
      : { page: "", target: "", query: {} };
  }
  return { page: parts[0] ?? "", target: parts.slice(1).join("/"), query };
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

/** The address of a page: `hrefTo("node", "model.shop.orders")`. */
export function hrefTo(page: string, target = "", query: { [name: string]: string | number } = {}): string {
  const search = new URLSearchParams(Object.entries(query).map(([name, value]) => [name, String(value)])).toString();
  const path = [page, ...(target === "" ? [] : [encodeURIComponent(target)])].join("/");
  return `#/${path}${search === "" ? "" : `?${search}`}`;
}

export function goTo(href: string): void {
  location.hash = href;
}

/** Another address for the same page, which leaves no trace in the history. */
export function replaceRoute(href: string): void {
  history.replaceState(null, "", href);
  dispatchEvent(new HashChangeEvent("hashchange"));
}

export function useRoute(): Route {
  const [route, setRoute] = useState(() => readRoute(location.hash));
  useEffect(() => {
    const follow = () => setRoute(readRoute(location.hash));
    addEventListener("hashchange", follow);
    return () => removeEventListener("hashchange", follow);
  }, []);
  return route;
}
