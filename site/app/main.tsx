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
    const whole = afterPaint().then(() => project.loadTests());
    const ask = workerClient(loader, whole);
    root.textContent = "";
    render(<App shared={{ project, ask, whole }} />, root);
    followSystem();
    root.dataset.ready = "true";
    await whole;
    render(<App shared={{ project, ask, whole }} />, root);
    root.dataset.whole = "true";
  } catch (error) {
    const isFile = location.protocol === "file:";
    root.textContent = isFile
      ? "Browsers do not let a page read files beside it: open static_index.html (tsdbt docs generate --static), or run tsdbt docs serve."
      : `The page could not be loaded: ${error instanceof Error ? error.message : String(error)}`;
  }
}

/** Waits until what was rendered can be seen. */
function afterPaint(): Promise<void> {
  return new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve)));
}

start(document.getElementById("app")!);
