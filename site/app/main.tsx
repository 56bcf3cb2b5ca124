import { render } from "preact";
import type { SiteIndex } from "../data/format.ts";
import { App } from "./app.tsx";
import { openLoader } from "./loader.ts";
import { Project } from "./project.ts";
import { followSystem } from "./theme.ts";
import { workerClient } from "./worker-client.ts";

/** Reads the index and shows the page that the address asks for. */
async function start(root: HTMLElement): Promise<void> {
  const loader = openLoader();
  try {
    const index = await loader.json<SiteIndex>("index.json");
    const project = new Project(index, loader);
    root.textContent = "";
    render(<App shared={{ project, ask: workerClient(loader) }} />, root);
    followSystem();
    root.dataset.ready = "true";
  } catch (error) {
    const isFile = location.protocol === "file:";
    root.textContent = isFile
      ? "Browsers do not let a page read files beside it: open static_index.html (tsdbt docs generate --static), or run tsdbt docs serve."
      : `The page could not be loaded: ${error instanceof Error ? error.message : String(error)}`;
  }
}

start(document.getElementById("app")!);
