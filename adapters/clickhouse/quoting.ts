/** An identifier between backticks, unless it is quoted already. */
export function quoteIdentifier(identifier: string): string {
  const first = identifier[0];
  if ((first === "`" || first === '"') && identifier.endsWith(first)) return identifier;
  return `\`${escapeText(identifier)}\``;
}

/** Backslashes before what ends or escapes a literal. */
export function escapeText(text: string): string {
  return text.replace(/[\\'`]/g, "\\$&");
}
