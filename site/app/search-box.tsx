import type { ComponentChildren, VNode } from "preact";
import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import type { SiteBody } from "../data/format.ts";
import { type Shared, useShared } from "./context.ts";
import { Kind } from "./parts.tsx";
import type { Project } from "./project.ts";
import { goTo, hrefTo } from "./route.ts";
import { type Hit, Search } from "./search.ts";

const SHOWN = 30;
/** The types want it said that there is no `<datalist>`. */
const NO_LIST = { list: undefined };

/** What was found for a query, and in how many milliseconds. */
interface Answered {
  query: string;
  hits: Hit[];
  took: number;
}

/** The search: a dialog over the page. `/` and Ctrl-K open it. */
export function SearchBox({ onClose }: { onClose(): void }): VNode {
  const shared = useShared();
  const { project } = shared;
  const [query, setQuery] = useState("");
  const [active, setActive] = useState(0);
  const [isReady, setReady] = useState(false);
  const [search, setSearch] = useState<Search | null>(null);
  const dialog = useRef<HTMLDialogElement>(null);
  const input = useRef<HTMLInputElement>(null);
  const [answered, setAnswered] = useState<Answered>({ query: "", hits: [], took: 0 });
  const { hits } = answered;

  useEffect(() => {
    dialog.current!.showModal();
    input.current!.focus();
    begun ??= begin(shared);
    begun.then(({ search, loaded }) => {
      setSearch(search);
      loaded.then(() => setReady(true));
    });
  }, []);

  // The page's own thread searches: an answer of a worker would wait behind the frame that draws the letter.
  const find = (text: string) => {
    setQuery(text);
    if (!search) return;
    const began = performance.now();
    const hits = search.find(text, SHOWN);
    setActive(0);
    setAnswered({ query: text, hits, took: performance.now() - began });
  };
  useEffect(() => {
    if (query !== "") find(query);
  }, [search, isReady]);

  const open = (hit: Hit | undefined) => {
    if (!hit) return;
    goTo(hrefTo("node", project.id(hit.place), hit.field === "code" ? { tab: "source" } : {}));
    onClose();
  };
  const press = (event: KeyboardEvent) => {
    if (event.key === "Enter") open(hits[active]);
    else if (event.key === "ArrowDown") setActive(Math.min(active + 1, hits.length - 1));
    else if (event.key === "ArrowUp") setActive(Math.max(active - 1, 0));
    else return;
    event.preventDefault();
  };
  useEffect(() => {
    dialog.current?.querySelector(`#hit-${active}`)?.scrollIntoView({ block: "nearest" });
  }, [active]);

  // The same elements until there is an answer: a letter that is typed draws the field alone.
  const list = useMemo(() => {
    const mark = marker(answered.query);
    return hits.map((hit, i) => (
      <div
        id={`hit-${i}`}
        role="option"
        aria-selected={i === active}
        onClick={() => open(hit)}
        onMouseMove={() => i !== active && setActive(i)}
      >
        <Kind kind={project.kind(hit.place)} />
        <strong>{mark(project.name(hit.place))}</strong>
        <span class="quiet">
          {hit.excerpt ? `${hit.field}: ` : ""}
          {mark(hit.excerpt || project.about(hit.place))}
        </span>
      </div>
    ));
  }, [answered, active]);

  return (
    <dialog
      ref={dialog}
      class="search"
      aria-label="Search"
      data-ready={isReady}
      data-query={answered.query}
      data-took={answered.took.toFixed(1)}
      onClose={onClose}
      onClick={(event) => event.target === dialog.current && onClose()}
    >
      <input
        ref={input}
        type="text"
        {...NO_LIST}
        role="combobox"
        aria-expanded={hits.length > 0}
        aria-controls="hits"
        aria-activedescendant={hits.length > 0 ? `hit-${active}` : undefined}
        aria-label="Search names, columns, descriptions, tags and code"
        placeholder="Names, columns, descriptions, tags, code"
        value={query}
        spellcheck={false}
        onInput={(event) => find(event.currentTarget.value)}
        onKeyDown={press}
      />
      <div id="hits" role="listbox" aria-label="Results">
        {list}
      </div>
      <p class="quiet" aria-live="polite">
        {answered.query !== "" && hits.length === 0 ? "Nothing found. " : ""}
        {isReady ? "" : "Descriptions and code are still being loaded."}
      </p>
    </dialog>
  );
}

/** Marks the words of a query in a text. */
function marker(query: string): (text: string) => ComponentChildren {
  const words = query.split(/\s+/).filter((word) => word !== "");
  if (words.length === 0) return (text) => text;
  const pattern = new RegExp(`(${words.map((word) => word.replace(/[\\^$.*+?()[\]{}|/]/g, "\\$&")).join("|")})`, "giu");
  return (text) => text.split(pattern).map((part, i) => (i % 2 === 1 ? <mark>{part}</mark> : part));
}

/** A search of names and what is in the index, and when it has read the body files too. */
interface Begun {
  search: Search;
  loaded: Promise<void>;
}

/** Once, and not before somebody searches. */
let begun: Promise<Begun> | undefined;

async function begin({ project, whole }: Shared): Promise<Begun> {
  await whole;
  const search = new Search(project.index);
  return { search, loaded: loadTexts(project, search) };
}

async function loadTexts(project: Project, search: Search): Promise<void> {
  for (const [chunk, from] of project.index.chunks.entries()) {
    const bodies = JSON.parse(await project.text(`b${chunk}.json`)) as SiteBody[];
    search.addTexts(from, bodies.map(textOf));
  }
  // So that the first letter finds the functions compiled.
  search.find("e", SHOWN);
}

/** What of a resource is looked through beside what the index has. */
function textOf({ description, columns, raw, meta }: SiteBody): string {
  const said = (columns ?? [])
    .filter((column) => column.description)
    .map((column) => `${column.name}: ${column.description}`);
  return [description ?? "", ...said, raw ?? "", meta ? JSON.stringify(meta) : ""]
    .filter((part) => part !== "")
    .join("\n");
}
