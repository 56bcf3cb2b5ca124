import type { VNode } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import type { Hit } from "../worker/protocol.ts";
import { type Shared, useShared } from "./context.ts";
import { Kind } from "./parts.tsx";
import { goTo, hrefTo } from "./route.ts";

const SHOWN = 30;
/** The types want it said that there is no `<datalist>`. */
const NO_LIST = { list: undefined };

/** The search: a dialog over the page. `/` and Ctrl-K open it. */
export function SearchBox({ onClose }: { onClose(): void }): VNode {
  const shared = useShared();
  const { project, ask } = shared;
  const [query, setQuery] = useState("");
  const [hits, setHits] = useState<Hit[]>([]);
  const [active, setActive] = useState(0);
  const [isReady, setReady] = useState(false);
  const dialog = useRef<HTMLDialogElement>(null);
  const input = useRef<HTMLInputElement>(null);
  const latest = useRef("");
  const [answered, setAnswered] = useState({ query: "", took: 0 });

  useEffect(() => {
    dialog.current!.showModal();
    input.current!.focus();
    ask("search", { query: "", limit: 1 });
    loadTexts(shared).then(() => setReady(true));
  }, []);

  const find = async (text: string) => {
    latest.current = text;
    setQuery(text);
    const began = performance.now();
    const found = await ask("search", { query: text, limit: SHOWN });
    if (latest.current !== text) return;
    setHits(found);
    setActive(0);
    setAnswered({ query: text, took: performance.now() - began });
  };
  useEffect(() => {
    if (isReady && query !== "") find(query);
  }, [isReady]);

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
        {hits.map((hit, i) => (
          <div
            id={`hit-${i}`}
            role="option"
            aria-selected={i === active}
            onClick={() => open(hit)}
            onMouseMove={() => i !== active && setActive(i)}
          >
            <Kind kind={project.kind(hit.place)} />
            <strong>
              <Marked text={project.name(hit.place)} query={query} />
            </strong>
            <span class="quiet">
              {hit.excerpt ? `${hit.field}: ` : ""}
              <Marked text={hit.excerpt || project.about(hit.place)} query={query} />
            </span>
          </div>
        ))}
      </div>
      <p class="quiet" aria-live="polite">
        {query !== "" && hits.length === 0 ? "Nothing found. " : ""}
        {isReady ? "" : "Descriptions and code are still being loaded."}
      </p>
    </dialog>
  );
}

/** The text with the words of the query marked. */
function Marked({ text, query }: { text: string; query: string }): VNode {
  const words = query.split(/\s+/).filter((word) => word !== "");
  if (words.length === 0) return <>{text}</>;
  const pattern = new RegExp(`(${words.map((word) => word.replace(/[\\^$.*+?()[\]{}|/]/g, "\\$&")).join("|")})`, "giu");
  return <>{text.split(pattern).map((part, i) => (i % 2 === 1 ? <mark>{part}</mark> : part))}</>;
}

let loaded: Promise<void> | undefined;

/** Gives the worker what is in the body files, one after the other: once, and not before somebody searches. */
function loadTexts({ project, ask }: Shared): Promise<void> {
  loaded ??= (async () => {
    const { chunks } = project.index;
    for (let chunk = 0; chunk < chunks.length; chunk++) {
      await ask("texts", { from: chunks[chunk]!, bodies: await project.text(`b${chunk}.json`) });
    }
  })();
  return loaded;
}
