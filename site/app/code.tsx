import type { ComponentChildren, VNode } from "preact";
import { useMemo, useState } from "preact/hooks";

/** More than this is shown without colours: the browser would be busy with elements. */
const MOST_COLOURED = 150_000;

const WORDS = new Set(
  `all alter and any anti array as asc asof between by case cast coalesce create cross cube current delete desc distinct
drop else end escape except exclude exists extract false fetch filter final first following for format from full global group
grouping having if ilike in inner insert intersect interval into is join last lateral left like limit materialized merge
natural not null nulls offset on or order outer over partition pivot preceding prewhere qualify range recursive replace
returning right rollup row rows sample select semi set sets settings similar some table tablesample then to true try_cast
unbounded union unique unnest unpivot update using values view when where window with within without`.split(/\s+/),
);

/** Comments, Jinja, strings, quoted names, numbers, words. */
const TOKEN =
  /(--[^\n]*|\/\*[\s\S]*?(?:\*\/|$)|\{#[\s\S]*?(?:#\}|$))|(\{\{[\s\S]*?(?:\}\}|$)|\{%[\s\S]*?(?:%\}|$))|('(?:[^'\\]|''|\\.)*(?:'|$))|("(?:[^"]|"")*(?:"|$)|`[^`]*(?:`|$))|(\b\d+(?:\.\d+)?(?:e[+-]?\d+)?\b)|([a-z_][a-z0-9_]*)/gi;
const CLASSES = ["", "c", "j", "s", "q", "n"];

/** Code with colours, line by line as written, and a button that copies it. */
export function Code({ text, language = "sql", label }: { text: string; language?: string; label?: string }): VNode {
  const parts = useMemo(() => (language === "sql" ? coloured(text) : text), [text, language]);
  return (
    <div class="code">
      <CopyButton text={text} />
      <section class="text" tabIndex={0} aria-label={label ?? "code"}>
        <pre>
          <code>{parts}</code>
        </pre>
      </section>
    </div>
  );
}

export function CopyButton({ text }: { text: string }): VNode {
  const [done, setDone] = useState(false);
  const copy = async () => {
    await copyText(text);
    setDone(true);
    setTimeout(() => setDone(false), 1500);
  };
  return (
    <button type="button" class="copy" onClick={copy}>
      <span aria-live="polite">{done ? "Copied" : "Copy"}</span>
    </button>
  );
}

async function copyText(text: string): Promise<void> {
  if (navigator.clipboard) {
    try {
      return await navigator.clipboard.writeText(text);
    } catch {
      // Not allowed here (a file, an insecure address): the old way is.
    }
  }
  const area = document.createElement("textarea");
  area.value = text;
  document.body.append(area);
  area.select();
  document.execCommand("copy");
  area.remove();
}

function coloured(text: string): ComponentChildren {
  if (text.length > MOST_COLOURED) return text;
  const parts: ComponentChildren[] = [];
  let from = 0;
  for (const match of text.matchAll(TOKEN)) {
    const kind = match.findIndex((group, i) => i > 0 && group !== undefined);
    const name = kind === 6 ? (WORDS.has(match[0].toLowerCase()) ? "k" : "") : CLASSES[kind]!;
    if (name === "") continue;
    parts.push(text.slice(from, match.index), <span class={`t-${name}`}>{match[0]}</span>);
    from = match.index + match[0].length;
  }
  return [...parts, text.slice(from)];
}
