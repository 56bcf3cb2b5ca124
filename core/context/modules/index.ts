import type { NewEvent } from "../../events/event.ts";
import { deprecation } from "../../events/messages/general.ts";
import { PyDict } from "../../jinja/runtime/dict.ts";
import { datetimeModule } from "../../python/datetime/module.ts";
import { itertoolsModule } from "../../python/itertools.ts";
import { pytzModule } from "../../python/pytz/module.ts";
import { reModule } from "../../python/re/module.ts";

let modules: [string, PyDict][] | undefined;

/**
 * `modules`: the parts of Python that dbt shows to templates. Each caller gets dicts of its own, which it may change.
 * `onDeprecated` is told when one is called that dbt deprecates.
 */
export function pythonModules(onDeprecated?: (event: NewEvent) => void): PyDict {
  modules ??= [
    ["pytz", pytzModule()],
    ["datetime", datetimeModule()],
    ["re", reModule()],
  ];
  const itertools = itertoolsModule(onDeprecated && (() => onDeprecated(itertoolsUsed())));
  return PyDict.from([...modules.map(([name, names]) => [name, names.copy()] as const), ["itertools", itertools]]);
}

function itertoolsUsed(): NewEvent {
  const text = "Usage of itertools modules is deprecated. Please use the built-in functions instead.";
  return deprecation("ModulesItertoolsUsageDeprecation", "D034", text);
}
