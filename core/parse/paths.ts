/** `staging/orders` of `staging/orders.sql`, as Python's `splitext` has it. */
export function withoutExtension(path: string): string {
  const slash = path.lastIndexOf("/");
  const dot = path.lastIndexOf(".");
  return dot > slash + 1 ? path.slice(0, dot) : path;
}

/** The last part of a path without its extension: what a node is called. `jinjaExtensions` also drops `.sql.j2`. */
export function nameOfFile(path: string, jinjaExtensions = false): string {
  let base = path.slice(path.lastIndexOf("/") + 1);
  if (jinjaExtensions) base = base.replace(/\.(?:j2|jinja2|jinja)$/, "");
  return withoutExtension(base);
}

/** The package and the folders of a path below its resource folder: how fqns begin. */
export function fqnPrefix(packageName: string, path: string): string[] {
  const slash = path.lastIndexOf("/");
  return slash < 0 ? [packageName] : [packageName, ...path.slice(0, slash).split("/")];
}

/** A path without its first folder: `models/a/b.yml` is `a/b.yml`. */
export function belowFirst(path: string): string {
  const slash = path.indexOf("/");
  return slash < 0 ? path : path.slice(slash + 1);
}
