/** The site's worker: selection and layout, off the page's own thread. */
import { addTests } from "../data/add-tests.ts";
import type { SiteIndex, SiteTests } from "../data/format.ts";
import { layOut } from "./layout.ts";
import type { Answer, Question } from "./protocol.ts";
import { selecting } from "./selecting.ts";

interface Scope {
  onmessage: ((message: { data: Question }) => void) | null;
  postMessage(answer: Answer, transfer: ArrayBufferLike[]): void;
}

const scope = globalThis as unknown as Scope;
let index: SiteIndex | undefined;
let select: ReturnType<typeof selecting> | undefined;

scope.onmessage = ({ data }) => {
  try {
    const answer = answerTo(data);
    scope.postMessage({ id: data.id, answer }, []);
  } catch (error) {
    scope.postMessage({ id: data.id, error: error instanceof Error ? error.message : String(error) }, []);
  }
};

function answerTo(question: Question): unknown {
  switch (question.name) {
    case "open":
      index = JSON.parse(question.ask.index) as SiteIndex;
      addTests(index, JSON.parse(question.ask.tests) as SiteTests);
      return null;
    case "select":
      select ??= selecting(index!);
      return select(question.ask.select, question.ask.exclude);
    case "layout":
      return layOut(question.ask);
  }
}
