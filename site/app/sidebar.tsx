import type { VNode } from "preact";
import { useMemo, useState } from "preact/hooks";
import { useShared } from "./context.ts";
import { KINDS, kindTitle } from "./parts.tsx";
import type { Place, Project } from "./project.ts";
import { hrefTo } from "./route.ts";

interface Folder {
  name: string;
  folders: Map<string, Folder>;
  places: Place[];
}

const IN_TREE = KINDS.filter((kind) => kind !== "test");

/** Every resource but the tests by kind, package and folder. A folder's content is made when it is opened. */
export function Sidebar({ current }: { current: Place | undefined }): VNode {
  const { project } = useShared();
  const trees = useMemo(() => treesOf(project), [project]);
  return (
    <nav aria-label="Resources" class="tree">
      <ul>
        {IN_TREE.filter((kind) => trees.has(kind)).map((kind) => (
          <Branch
            folder={{ ...trees.get(kind)!, name: kindTitle(kind, 2) }}
            current={current}
            startsOpen={kind === "model" || (current !== undefined && project.kind(current) === kind)}
          />
        ))}
      </ul>
    </nav>
  );
}

function Branch(props: { folder: Folder; current: Place | undefined; startsOpen: boolean }): VNode {
  const { project } = useShared();
  const { folder, current, startsOpen } = props;
  const [isOpen, setOpen] = useState(startsOpen);
  const holds = (inner: Folder): boolean =>
    current !== undefined && (inner.places.includes(current) || [...inner.folders.values()].some(holds));
  return (
    <li>
      <button type="button" aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}>
        {folder.name}
      </button>
      {isOpen ? (
        <ul>
          {[...folder.folders.values()].map((inner) => (
            <Branch key={inner.name} folder={inner} current={current} startsOpen={holds(inner)} />
          ))}
          {folder.places.map((place) => (
            <li key={place}>
              <a href={hrefTo("node", project.id(place))} aria-current={place === current ? "page" : undefined}>
                {project.name(place)}
              </a>
            </li>
          ))}
        </ul>
      ) : null}
    </li>
  );
}

function treesOf(project: Project): Map<string, Folder> {
  const trees = new Map<string, Folder>();
  const folder = (name: string): Folder => ({ name, folders: new Map(), places: [] });
  const isAlone = project.index.packages.length === 1;
  for (let place = 0; place < project.size; place++) {
    const kind = project.kind(place);
    if (kind === "test") continue;
    let at: Folder = trees.get(kind) ?? folder(kind);
    trees.set(kind, at);
    const { source } = project.extra(place);
    const folders = source ? [source] : kind === "macro" || kind === "group" ? [] : project.folder(place).split("/");
    for (const name of [...(isAlone ? [] : [project.packageName(place)]), ...folders].filter((part) => part !== "")) {
      const inner: Folder = at.folders.get(name) ?? folder(name);
      at.folders.set(name, inner);
      at = inner;
    }
    at.places.push(place);
  }
  return trees;
}
