/** What selection says when it finds nothing. */
import type { NewEvent } from "../event.ts";
import { warning } from "./general.ts";

/** One of the criteria matched nothing; `hint` says what was probably meant. */
export function noNodesForCriterion(criterion: string, hint?: string): NewEvent {
  const said = `The selection criterion '${criterion}' does not match any enabled nodes`;
  return warning(hint ? `${said}\n  hint: ${hint}` : said, {
    name: "NoNodesForSelectionCriteria",
    code: "M030",
    data: { spec_raw: criterion },
  });
}

/** A model without versions no longer keeps what its contract promised. */
export function breakingChange(model: string, path: string, changes: readonly string[]): NewEvent {
  return warning(
    `Breaking change to contracted, unversioned model ${model} (${path})\nWhile comparing to previous project state, dbt ` +
      `detected a breaking change to an unversioned model.\n  - ${changes.join("\n  - ")}\n`,
    {
      name: "UnversionedBreakingChange",
      code: "I071",
      data: { breaking_changes: [...changes], model_name: model, model_file_path: path },
    },
  );
}

/** A seed that is too large to be compared with what it was. */
export function largeSeed(name: string, change: "grown" | "unknown" | "moved", limit: string): NewEvent {
  const [event, code, text] = {
    grown: ["SeedIncreased", "I052", ` in size. The previous file was <=${limit}, so it has changed`],
    unknown: [
      "SeedExceedsLimitSamePath",
      "I053",
      " in size at the same path, dbt cannot tell if it has changed: assuming they are the same",
    ],
    moved: [
      "SeedExceedsLimitAndPathChanged",
      "I054",
      " in size. The previous file was in a different location, assuming it has changed",
    ],
  }[change] as [string, string, string];
  const [packageName, seed] = name.split(".");
  const data = { package_name: packageName, name: seed };
  return warning(`Found a seed (${name}) >${limit}${text}`, { name: event, code, data });
}

/** Nothing is left to run. */
export function nothingToDo(): NewEvent {
  return warning("Nothing to do. Try checking your model configs and model specification args", {
    name: "NothingToDo",
    code: "Q035",
    data: {},
  });
}

/** `ls` has nothing to list. */
export function noNodesSelected(): NewEvent {
  return warning("No nodes selected!", { name: "NoNodesSelected", code: "Q038", data: {} });
}

/** selectors.yml names a default. */
export function defaultSelector(name: string): NewEvent {
  return {
    name: "DefaultSelector",
    code: "Q023",
    level: "info",
    message: `Using default selector ${name}`,
    data: { name },
  };
}

/** `--selector` wins over `--select` and `--exclude`. */
export function selectIgnored(): NewEvent {
  return {
    name: "SelectExcludeIgnoredWithSelectorWarning",
    code: "Z064",
    level: "warn",
    message: "The --select and --exclude arguments are being ignored for node selection because --selector is provided",
    data: {},
  };
}
