import { typeName } from "../../jinja/index.ts";

/** `<class 'int'>`, for messages. */
export function pyTypeText(value: unknown): string {
  return `<class '${typeName(value)}'>`;
}
