/** The object without fields that say nothing: null, empty text, lists and objects. False and 0 stay. */
export function without<T extends object>(object: T): Partial<T> & T {
  const kept = Object.entries(object).filter(([, value]) => !saysNothing(value));
  return Object.fromEntries(kept) as T;
}

function saysNothing(value: unknown): boolean {
  if (value === null || value === undefined || value === "") return true;
  if (typeof value !== "object") return false;
  return Array.isArray(value) ? value.length === 0 : Object.values(value).every(saysNothing);
}
