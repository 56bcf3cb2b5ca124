import type { RuntimeConfig } from "../../../project/types.ts";
import { PyDict, toPython } from "../../jinja/index.ts";
import { type Data, HostObject } from "../../jinja/runtime/values.ts";
import { type Member, member, method } from "../../python/support.ts";

/**
 * `target` of templates: the connection's visible parts, `name`, `target_name`, `profile_name` and `threads`; no secrets.
 * https://docs.getdbt.com/reference/dbt-jinja-functions/target
 */
export function createTarget(config: Pick<RuntimeConfig, "profile">): PyDict {
  const { profile } = config;
  const visible = profile.credentials.visible();
  const all: { [key: string]: unknown } = {
    ...visible,
    type: profile.credentials.type,
    threads: profile.threads,
    name: profile.targetName,
    target_name: profile.targetName,
    profile_name: profile.profileName,
  };
  return PyDict.from(Object.entries(all).map(([key, value]): [unknown, unknown] => [key, toPython(value as Data)]));
}

/** `target` where no profile is read, as `deps` and `clean` have it: an empty dict whose every key is an empty text. */
export class NoTarget extends HostObject {
  readonly typeName = "DictDefaultEmptyStr";
  override attr(name: string): unknown {
    return member(NO_TARGET_MEMBERS, this, name);
  }
  override item(_key: unknown): unknown {
    return "";
  }
  override contains(_item: unknown): boolean {
    return false;
  }
  override iterate(): Iterable<unknown> {
    return [];
  }
  override length(): number {
    return 0;
  }
  override repr(): string {
    return "{}";
  }
}

const NO_TARGET_MEMBERS = new Map<string, Member<NoTarget>>([
  ["get", method("get(key, default=None)", (_self: NoTarget, _key: unknown, dflt: unknown) => dflt)],
  ...["keys", "values", "items"].map((name): [string, Member<NoTarget>] => [name, method(`${name}()`, () => [])]),
]);
