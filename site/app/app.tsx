import type { VNode } from "preact";
import { useEffect, useState } from "preact/hooks";
import { ColumnPage } from "./columns-page.tsx";
import { type Shared, SharedContext, useShared } from "./context.ts";
import { Home, KindPage } from "./home.tsx";
import { LineagePage } from "./lineage/page.tsx";
import { followChanges } from "./live.ts";
import { NodePage, useTitle } from "./node-page.tsx";
import { hrefTo, type Route, useRoute } from "./route.ts";
import { SearchBox } from "./search-box.tsx";
import { Sidebar } from "./sidebar.tsx";
import { nextTheme, setTheme, storedTheme, type Theme } from "./theme.ts";
import { TimelinePage } from "./timeline.tsx";

export function App({ shared }: { shared: Shared }): VNode {
  const route = useRoute();
  const [isSearching, setSearching] = useState(false);
  const [isMenuOpen, setMenuOpen] = useState(false);
  const [theme, changeTheme] = useState<Theme>(storedTheme);
  const [problem, setProblem] = useState("");
  const { project } = shared;
  const current = route.page === "node" || route.page === "column" ? project.placeOf(route.target) : undefined;

  useEffect(() => setTheme(theme), [theme]);
  useEffect(() => followChanges(setProblem), []);
  useEffect(() => {
    const press = (event: KeyboardEvent) => {
      const isTyping = (event.target as Element).closest?.("input, textarea, select, dialog") !== null;
      const asks =
        (event.key === "/" && !isTyping) || (event.key.toLowerCase() === "k" && (event.ctrlKey || event.metaKey));
      if (!asks) return;
      event.preventDefault();
      setSearching(true);
    };
    addEventListener("keydown", press);
    return () => removeEventListener("keydown", press);
  }, []);
  useEffect(() => {
    setMenuOpen(false);
    document.querySelector("main")?.scrollTo(0, 0);
  }, [route.page, route.target]);

  return (
    <SharedContext.Provider value={shared}>
      <button type="button" class="skip" onClick={() => document.querySelector("main")!.focus()}>
        Skip to the content
      </button>
      <header class="bar">
        <button
          type="button"
          class="menu"
          aria-expanded={isMenuOpen}
          aria-controls="side"
          onClick={() => setMenuOpen(!isMenuOpen)}
        >
          Menu
        </button>
        <a class="brand" href={hrefTo("")}>
          {project.index.project}
        </a>
        <button type="button" class="find" onClick={() => setSearching(true)}>
          Search <kbd>/</kbd>
        </button>
        <nav aria-label="Views">
          <a href={hrefTo("lineage")} aria-current={route.page === "lineage" ? "page" : undefined}>
            Lineage
          </a>
          <a href={hrefTo("timeline")} aria-current={route.page === "timeline" ? "page" : undefined}>
            Last run
          </a>
        </nav>
        <button
          type="button"
          class="theme"
          onClick={() => changeTheme(nextTheme(theme))}
          aria-label={`Colours: ${theme}`}
        >
          {theme}
        </button>
      </header>
      {problem ? (
        <p class="error banner" role="alert">
          {problem}
        </p>
      ) : null}
      <div class={`body ${isMenuOpen ? "with-menu" : ""}`}>
        <aside id="side">
          <Sidebar key={route.page === "node" ? "" : "all"} current={current} />
        </aside>
        <main id="main" tabIndex={-1}>
          <Page route={route} />
        </main>
      </div>
      {isSearching ? <SearchBox onClose={() => setSearching(false)} /> : null}
    </SharedContext.Provider>
  );
}

function Page({ route }: { route: Route }): VNode {
  const { project } = useShared();
  switch (route.page) {
    case "":
    case "overview":
      return <Home />;
    case "list":
      return <KindPage kind={route.target} />;
    case "timeline":
      return <TimelinePage />;
    case "lineage":
      if (route.target === "" || project.placeOf(route.target) !== undefined) return <LineagePage route={route} />;
      return <Missing name={route.target} />;
    case "node":
    case "column": {
      const place = project.placeOf(route.target);
      if (place === undefined) return <Missing name={route.target} />;
      if (route.page === "column") return <ColumnPage place={place} route={route} />;
      return <TitledNode key={place} place={place} route={route} />;
    }
    default:
      return <Unknown name={route.page} />;
  }
}

function TitledNode({ place, route }: { place: number; route: Route }): VNode {
  const { project } = useShared();
  useTitle(project.name(place));
  return <NodePage place={place} route={route} />;
}

/** It is unknown once the data tests are there. */
function Missing({ name }: { name: string }): VNode {
  return useShared().project.isWhole ? <Unknown name={name} /> : <p class="wait">Loading …</p>;
}

function Unknown({ name }: { name: string }): VNode {
  useTitle("Not found");
  return (
    <article>
      <h1>Not found</h1>
      <p>
        There is nothing called <code>{name}</code>. Search may find what it is called now.
      </p>
    </article>
  );
}
