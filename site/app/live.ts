import { meta } from "./loader.ts";

/** Where a server watches the project: loads the page anew when it changed, tells what went wrong otherwise. */
export function followChanges(onProblem: (problem: string) => void): void {
  const address = meta("tsdbt-live");
  if (address === "") return;
  const events = new EventSource(`${address}?v=${meta("tsdbt-version")}`);
  events.addEventListener("changed", () => location.reload());
  events.addEventListener("well", () => onProblem(""));
  events.addEventListener("problem", ({ data }) => onProblem(JSON.parse(String(data)) as string));
}
