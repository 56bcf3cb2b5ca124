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
