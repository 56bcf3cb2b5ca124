import { PyDict } from "../../jinja/runtime/dict.ts";
import { datetimeModule } from "../../python/datetime/module.ts";
import { itertoolsModule } from "../../python/itertools.ts";
import { pytzModule } from "../../python/pytz/module.ts";
import { reModule } from "../../python/re/module.ts";

let modules: [string, PyDict][] | undefined;

/** `modules`: the parts of Python that dbt shows to templates. Each caller gets dicts of its own, which it may change. */
export function pythonModules(): PyDict {
  modules ??= [
    ["pytz", pytzModule()],
    ["datetime", datetimeModule()],
    ["re", reModule()],
    ["itertools", itertoolsModule()],
  ];
  return PyDict.from(modules.map(([name, names]) => [name, names.copy()] as const));
}
