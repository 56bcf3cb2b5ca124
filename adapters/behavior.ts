import { TsdbtError } from "../core/errors.ts";
import { HostObject } from "../core/jinja/runtime/values.ts";

/** Changes of behaviour that a project switches on in `flags:` of dbt_project.yml, with their defaults. */
const FLAGS: { readonly [name: string]: boolean } = {
  require_batched_execution_for_custom_microbatch_strategy: false,
  enable_truthy_nulls_equals_macro: false,
};

/** `adapter.behavior`: `{% if adapter.behavior.enable_truthy_nulls_equals_macro %}`. */
export class Behavior extends HostObject {
  readonly typeName = "Behavior";
  readonly pyModule = "dbt_common.behavior_flags";
  private readonly flags: { readonly [name: string]: unknown };
  constructor(flags: { readonly [name: string]: unknown }) {
    super();
    this.flags = flags;
  }
  override attr(name: string): unknown {
    const setting = Object.hasOwn(FLAGS, name) ? FLAGS[name] : undefined;
    if (setting === undefined) {
      if (name.startsWith("_")) return undefined;
      throw new TsdbtError("TD5066", "Compilation Error", `The flag ${name} has not been registered.`, {
        hint: `There are: ${Object.keys(FLAGS).join(", ")}.`,
      });
    }
    return new BehaviorFlag(name, flagOf(this.flags, name) ?? setting);
  }
}

function flagOf(flags: { readonly [name: string]: unknown }, name: string): boolean | undefined {
  const value = flags[name];
  return typeof value === "boolean" ? value : undefined;
}

class BehaviorFlag extends HostObject {
  readonly typeName = "BehaviorFlagRendered";
  private readonly name: string;
  private readonly setting: boolean;
  constructor(name: string, setting: boolean) {
    super();
    this.name = name;
    this.setting = setting;
  }
  override attr(name: string): unknown {
    if (name === "setting" || name === "no_warn") return this.setting;
    return name === "name" ? this.name : undefined;
  }
  override truth(): boolean {
    return this.setting;
  }
}
