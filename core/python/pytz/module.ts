import type { PyDict } from "../../jinja/runtime/dict.ts";
import { defineFunction } from "../../jinja/runtime/function.ts";
import { pyRepr } from "../../jinja/runtime/repr.ts";
import { PySet } from "../../jinja/runtime/set.ts";
import { moduleDict, raise, toIndex } from "../support.ts";
import { ZONES } from "./data.ts";
import { makeZone, PytzClass, type PytzInfo, StaticZone, UTC } from "./zone.ts";

interface Names {
  all: string[];
  common: string[];
  byLowerCase: Map<string, string>;
}

let known: Names | undefined;

function names(): Names {
  if (known) return known;
  const all: string[] = [];
  const common: string[] = [];
  for (const [region, zones] of Object.entries(ZONES)) {
    for (const marked of zones.split(" ")) {
      const isRare = marked.endsWith("-");
      const name = `${region === "" ? "" : `${region}/`}${isRare ? marked.slice(0, -1) : marked}`;
      all.push(name);
      if (!isRare) common.push(name);
    }
  }
  all.sort((a, b) => (a < b ? -1 : 1));
  common.sort((a, b) => (a < b ? -1 : 1));
  known = { all, common, byLowerCase: new Map(all.map((name) => [name.toLowerCase(), name])) };
  return known;
}

const zones = new Map<string, PytzInfo>();

/** `pytz.timezone(name)`; an UnknownTimeZoneError, which is a KeyError, where there is none. */
export function timezone(name: unknown): PytzInfo {
  if (typeof name !== "string") return raise("KeyError", pyRepr(name));
  if (name.toUpperCase() === "UTC") return UTC;
  const unmunged = name.replaceAll("_plus_", "+").replaceAll("_minus_", "-");
  const zone = names().byLowerCase.get(unmunged.toLowerCase());
  if (zone === undefined) return raise("KeyError", pyRepr(name));
  let made = zones.get(zone);
  if (!made) {
    try {
      made = makeZone(zone);
    } catch {
      return raise("KeyError", pyRepr(name));
    }
    zones.set(zone, made);
  }
  return made;
}

const offsets = new Map<number, StaticZone>();

function fixedOffset(minutes: unknown): StaticZone {
  const offset = toIndex(minutes);
  if (offset === 0) return UTC;
  if (Math.abs(offset) >= 1440) raise("ValueError", `('absolute offset is too large', ${offset})`);
  let zone = offsets.get(offset);
  if (!zone) {
    zone = new StaticZone(null, offset * 60, null, `pytz.FixedOffset(${offset})`, "_FixedOffset");
    offsets.set(offset, zone);
  }
  return zone;
}

/** `modules.pytz`. */
export const pytzModule = (): PyDict =>
  moduleDict([
    ["timezone", () => defineFunction("timezone(zone)", timezone)],
    ["utc", () => UTC],
    ["FixedOffset", () => defineFunction("FixedOffset(offset, _tzinfos=None)", fixedOffset)],
    ["all_timezones", () => names().all.slice()],
    ["all_timezones_set", () => new PySet(names().all)],
    ["common_timezones", () => names().common.slice()],
    ["common_timezones_set", () => new PySet(names().common)],
    ["BaseTzInfo", () => new PytzClass("tzinfo.BaseTzInfo")],
    ["AmbiguousTimeError", () => new PytzClass("exceptions.AmbiguousTimeError")],
    ["InvalidTimeError", () => new PytzClass("exceptions.InvalidTimeError")],
    ["NonExistentTimeError", () => new PytzClass("exceptions.NonExistentTimeError")],
    ["UnknownTimeZoneError", () => new PytzClass("exceptions.UnknownTimeZoneError")],
  ]);
