import { Ajv2020 } from "ajv/dist/2020.js";
import { messageOf, SinkError } from "../errors.ts";

/** What is wrong with a value, or nothing. */
export type Validator = (value: unknown) => string | undefined;

const compiled = new WeakMap<object, Validator>();

/** Checks values by a JSON Schema (draft 2020-12; what older drafts name the same works too). */
export function validator(schema: unknown, references: readonly { name: string; schema: object }[] = []): Validator {
  if (!schema || typeof schema !== "object") throw new SinkError("a JSON Schema is an object");
  const known = compiled.get(schema);
  if (known) return known;
  let check: ReturnType<Ajv2020["compile"]>;
  const ajv = new Ajv2020({ strict: false, allErrors: false, validateFormats: false });
  try {
    for (const { name, schema: referred } of references) ajv.addSchema(undated(referred), name);
    check = ajv.compile(undated(schema));
  } catch (error) {
    throw new SinkError(`the JSON Schema cannot be used: ${messageOf(error)}`, { cause: error });
  }
  const validate = (value: unknown) =>
    check(value) ? undefined : ajv.errorsText(check.errors, { dataVar: "message" });
  compiled.set(schema, validate);
  return validate;
}

/** Without the name of its draft, of which the checker knows the newest alone. */
function undated(schema: object): object {
  const { $schema: _, ...rest } = schema as { $schema?: string };
  return rest;
}
