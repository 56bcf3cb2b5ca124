export { giveBack } from "./buffers.ts";
export { checkLayouts, type Layout, layoutOf, readLayout } from "./layout.ts";
export { type DeadLetter, type DeadLetterRecord, type Prepared, prepare, render } from "./render.ts";
