import { Summary, type SummaryRow } from "./summary.ts";

/** Values that are made when they are first asked for, by their place in a list. */
export interface LazyValues<V extends object> {
  /** Called once, when a key is first asked for. */
  keys(): readonly string[];
  /** The value at a place; called once for each. */
  load(index: number): V;
  /** What is known of it without loading it. */
  row?(index: number): SummaryRow;
  /** Its JSON, as an artifact has it. */
  text?(index: number): Uint8Array;
}

/** A map whose values are loaded one by one; what is never looked at is never loaded, the list of keys included. */
export class LazyMap<V extends object> extends Map<string, V> {
  private readonly source: LazyValues<V>;
  /** By place; in the map itself the place stands for a value that is not loaded. */
  private readonly summaries: Summary[] = [];
  private isFilled = false;
  private hasChanged = false;

  constructor(source: LazyValues<V>) {
    super();
    this.source = source;
  }

  /** Nobody has had a value in hand or changed the map: it says what its source says. */
  get isUntouched(): boolean {
    return !this.hasChanged;
  }

  /** The JSON of a value that nobody has asked for yet, so that nobody can have changed it. */
  text(key: string): Uint8Array | undefined {
    const value: unknown = this.fill().stored(key);
    return typeof value === "number" ? this.source.text?.(value) : undefined;
  }

  override get size(): number {
    this.fill();
    return super.size;
  }
  override has(key: string): boolean {
    this.fill();
    return super.has(key);
  }
  override get(key: string): V | undefined {
    return this.loaded(key, this.fill().stored(key));
  }
  override set(key: string, value: V): this {
    this.fill().hasChanged = true;
    return super.set(key, value);
  }
  override delete(key: string): boolean {
    this.fill().hasChanged = true;
    return super.delete(key);
  }
  override clear(): void {
    this.fill().hasChanged = true;
    super.clear();
  }
  override keys(): MapIterator<string> {
    this.fill();
    return super.keys();
  }
  override *values(): MapIterator<V> {
    this.fill();
    for (const [key, value] of super.entries()) yield this.loaded(key, value) as V;
  }
  override *entries(): MapIterator<[string, V]> {
    this.fill();
    for (const [key, value] of super.entries()) yield [key, this.loaded(key, value) as V];
  }
  override [Symbol.iterator](): MapIterator<[string, V]> {
    return this.entries();
  }
  override forEach(work: (value: V, key: string, map: Map<string, V>) => void): void {
    for (const [key, value] of this.entries()) work(value, key, this);
  }

  /** The value where it is loaded, else its summary. */
  summary(key: string): V | Summary | undefined {
    return this.summarized(key, this.fill().stored(key));
  }

  /** {@link summary} of each key, without looking any up. */
  *allSummaries(): Generator<V | Summary> {
    this.fill();
    for (const [key, value] of super.entries()) yield this.summarized(key, value)!;
  }

  private summarized(key: string, value: V | undefined): V | Summary | undefined {
    const place: unknown = value;
    if (typeof place !== "number" || !this.source.row) return this.loaded(key, value);
    this.summaries[place] ??= new Summary(key, this.source.row(place), this);
    return this.summaries[place];
  }

  private fill(): this {
    if (this.isFilled) return this;
    this.isFilled = true;
    const keys = this.source.keys();
    for (let index = 0; index < keys.length; index++) super.set(keys[index]!, index as never);
    return this;
  }

  private stored(key: string): V | undefined {
    return super.get(key);
  }

  private loaded(key: string, value: V | undefined): V | undefined {
    const waiting: unknown = value;
    if (typeof waiting !== "number") return value;
    const made = this.source.load(waiting);
    this.hasChanged = true;
    super.set(key, made);
    return made;
  }
}

/** The resources of a map, or what stands for them where they need not be loaded to be asked for their names. */
export function* summariesOf<V extends object>(map: ReadonlyMap<string, V>): Generator<V | Summary> {
  if (map instanceof LazyMap) yield* (map as LazyMap<V>).allSummaries();
  else yield* map.values();
}

/** A resource of a map, or what stands for it. */
export function summaryOf<V extends object>(map: ReadonlyMap<string, V>, key: string): V | Summary | undefined {
  return map instanceof LazyMap ? (map as LazyMap<V>).summary(key) : map.get(key);
}
