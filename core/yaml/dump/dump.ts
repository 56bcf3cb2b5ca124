import { Emitter } from "./emit.ts";
import { nameShared, Representer } from "./represent.ts";

export interface DumpOptions {
  sortKeys?: boolean;
  /** Writes lists below a key further to the right, as dbt does in package-lock.yml. */
  indentSequences?: boolean;
}

/**
 * Writes a value (Python values or plain data) as PyYAML's `safe_dump` does, which is dbt's `toyaml`:
 *
 *     dumpYaml({ b: 1, a: ["yes", 2.5] }) // "b: 1\na:\n- 'yes'\n- 2.5\n"
 *
 * Throws {@link CannotRepresent} for values that YAML does not know.
 */
export function dumpYaml(value: unknown, options: DumpOptions = {}): string {
  const root = new Representer(options.sortKeys ?? false).represent(value);
  nameShared(root);
  return new Emitter(options.indentSequences).emit(root);
}
