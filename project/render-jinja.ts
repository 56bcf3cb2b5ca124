import { TsdbtError } from "../core/errors.ts";
import type { RenderContext, RenderText } from "./render.ts";

/** A renderer with the template engine. */
export function createRenderText(_context: RenderContext): RenderText {
  return () => {
    throw new TsdbtError("TD2399", "Internal Error", "templates in configuration files are not rendered yet");
  };
}
