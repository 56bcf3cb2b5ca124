import type { VNode } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { LineageCanvas } from "./canvas.ts";
import type { Box, Scene } from "./scene.ts";

export interface Drawing {
  canvas: LineageCanvas;
  scene: Scene;
}

/** Shows a scene that is made anew whenever `of` changes. */
export function Picture(props: {
  of: string;
  make(): Promise<Scene>;
  label(scene: Scene | null): string;
  /** Enter or a double click. */
  onOpen(box: Box): void;
  onChoose?(box: Box | null): void;
  onDrawn?(drawing: Drawing): void;
  /** On a page among others: the wheel scrolls the page. */
  isSmall?: boolean;
}): VNode {
  const element = useRef<HTMLCanvasElement>(null);
  const canvas = useRef<LineageCanvas | null>(null);
  const latest = useRef(props);
  latest.current = props;
  const shown = useRef<Scene | null>(null);
  const [scene, setScene] = useState<Scene | null>(null);
  const [error, setError] = useState("");

  useEffect(() => {
    const boxAt = (box: number) => shown.current!.boxes[box]!;
    const handlers = {
      onChoose: (box: number | null) => latest.current.onChoose?.(box === null ? null : boxAt(box)),
      onOpen: (box: number) => latest.current.onOpen(boxAt(box)),
    };
    const made = new LineageCanvas(element.current!, handlers, !props.isSmall);
    canvas.current = made;
    const recolour = () => made.recolour();
    addEventListener("themechange", recolour);
    return () => {
      removeEventListener("themechange", recolour);
      made.close();
    };
  }, []);

  useEffect(() => {
    let isOver = false;
    props.make().then(
      (made) => {
        if (isOver) return;
        shown.current = made;
        setScene(made);
        setError("");
        canvas.current!.show(made);
        element.current!.dataset.boxes = String(made.boxes.length);
        latest.current.onDrawn?.({ canvas: canvas.current!, scene: made });
      },
      (failed: Error) => isOver || setError(failed.message),
    );
    return () => {
      isOver = true;
    };
  }, [props.of]);

  return (
    <>
      {/* biome-ignore lint/a11y/noInteractiveElementToNoninteractiveRole: it takes keys, as its label says */}
      <canvas ref={element} tabIndex={0} role="application" aria-label={props.label(scene)} />
      {error ? <p class="error">{error}</p> : null}
    </>
  );
}
