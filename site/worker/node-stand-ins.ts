/** What selection asks of Node, in a browser: paths are those of the index, and every folder it names is there. */
export const existsSync = (): boolean => true;
export const isAbsolute = (path: string): boolean => path.startsWith("/");
export const join = (...parts: string[]): string => parts.filter((part) => part !== "").join("/");
export const relative = (_from: string, to: string): string => to;
