import type { VNode } from "preact";
import { useMemo } from "preact/hooks";
import { useShared } from "../context.ts";
import { NodeLink } from "../parts.tsx";
import type { Place } from "../project.ts";
import { type Drawing, Picture } from "./picture.tsx";
import { makeScene, placesOf, type Request } from "./scene.ts";

/** More than this are only counted in the list. */
const MOST_LISTED = 200;

/** The picture of a part of the graph, and on a page of its own the same as a list. */
export function LineageView(props: {
  request: Request;
  /** Of a folder all that it holds. */
  onOpen(places: Place[]): void;
  onChoose?(places: Place[] | null): void;
  onDrawn?(drawing: Drawing): void;
  isSmall?: boolean;
}): VNode {
  const { project, ask } = useShared();
  const { request, onOpen, onChoose, onDrawn, isSmall } = props;
  return (
    <div class="lineage-view">
      <Picture
        of={JSON.stringify(request)}
        make={() => makeScene(project, request, (graph) => ask("layout", graph))}
        label={(scene) =>
          `Lineage of ${scene?.boxes.length ?? 0} resources. Arrow keys go along it, Enter opens, plus and minus zoom, 0 shows all.`
        }
        onOpen={({ places }) => onOpen(places)}
        onChoose={(box) => onChoose?.(box?.places ?? null)}
        {...(onDrawn ? { onDrawn } : {})}
        {...(isSmall ? { isSmall } : {})}
      />
      {isSmall ? null : <AsList request={request} />}
    </div>
  );
}

/** The same for those who cannot see the picture, or want to search it. */
function AsList({ request }: { request: Request }): VNode {
  const { project } = useShared();
  const places = useMemo(() => placesOf(project, request), [project, JSON.stringify(request)]);
  return (
    <details>
      <summary>As a list ({places.length})</summary>
      <ul class="rows">
        {places.slice(0, MOST_LISTED).map((place) => (
          <li>
            <NodeLink place={place} withKind />
            <span class="quiet">
              depends on{" "}
              {project
                .parents(place)
                .slice(0, 20)
                .map((parent) => project.name(parent))
                .join(", ") || "nothing"}
            </span>
          </li>
        ))}
      </ul>
      {places.length > MOST_LISTED ? <p>and {places.length - MOST_LISTED} more</p> : null}
    </details>
  );
}
