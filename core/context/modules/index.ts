import { datetimeModule } from "../../python/datetime/module.ts";
import { itertoolsModule } from "../../python/itertools.ts";
import { pytzModule } from "../../python/pytz/module.ts";
import { reModule } from "../../python/re/module.ts";
import { PyModule } from "../../python/support.ts";

let modules: PyModule | undefined;

/** `modules`: the parts of Python that dbt shows to templates, each made when first asked for. */
export function pythonModules(): PyModule {
  modules ??= new PyModule([
    ["datetime", datetimeModule],
    ["pytz", pytzModule],
    ["re", reModule],
    ["itertools", itertoolsModule],
  ]);
  return modules;
}
