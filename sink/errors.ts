/** Something the user can put right: said in one line, with a hint, never with a stack trace. */
export class SinkError extends Error {
  readonly hint: string | undefined;

  constructor(message: string, options: { hint?: string; cause?: unknown } = {}) {
    super(message, { cause: options.cause });
    this.name = "SinkError";
    this.hint = options.hint;
  }
}

/** Trying again cannot help. */
export class Unhealable extends SinkError {}

/** An error's message, with those of what caused it where they say more. */
export function messageOf(error: unknown): string {
  const parts: string[] = [];
  for (let next = error; next && parts.length < 4; next = (next as { cause?: unknown }).cause) {
    const text = next instanceof AggregateError ? next.errors.map(messageOf).join("; ") : (next as Error).message;
    const said = text || (next as { code?: string }).code || (next as Error).name || String(next);
    if (!parts.some((part) => part.includes(said))) parts.push(said);
  }
  return parts.join(": ");
}
