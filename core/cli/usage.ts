/** How a wrong command line is answered, in click's words. */
export function usageText(command: string, message: string, hint?: string): string {
  const said = hint ? `${message}\n  hint: ${hint}` : message;
  return `Usage: ${command} [OPTIONS]\nTry '${command} --help' for help.\n\nError: ${said}\n`;
}
