/**
 * A config value that cannot be used: what and where in the config, without the place in a file, which only the
 * caller knows. `path` are the keys that lead to it.
 */
export class ConfigProblem extends Error {
  readonly path: (string | number)[];
  /** Whether dbt announces the path in front of its words, as for values checked against their type. */
  private readonly announced: boolean;
  constructor(message: string, path: (string | number)[] = [], announced = true) {
    super(message);
    this.path = path;
    this.announced = announced;
  }

  /** dbt's words. */
  get text(): string {
    if (!this.announced) return this.message;
    return `at path [${this.path.map((p) => (typeof p === "string" ? `'${p}'` : p)).join("][")}]: ${this.message}`;
  }
}
