import type { Answer, Protocol } from "../worker/protocol.ts";
import type { Loader } from "./loader.ts";

export type Ask = <K extends keyof Protocol>(name: K, ask: Protocol[K]["ask"]) => Promise<Protocol[K]["answer"]>;

/**
 * Starts the worker when it is first asked, and gives it the index when that is first needed. It answers with places of data
 * tests, so not before the page has them: `whole`.
 */
export function workerClient(loader: Loader, whole: Promise<void>): Ask {
  const waiting = new Map<number, { resolve(answer: unknown): void; reject(error: Error): void }>();
  let count = 0;
  let started: Promise<Worker> | undefined;
  let opened: Promise<unknown> | undefined;
  const start = async () => {
    const worker = await loader.worker();
    worker.onmessage = ({ data }: MessageEvent<Answer>) => {
      const { resolve, reject } = waiting.get(data.id) ?? { resolve() {}, reject() {} };
      waiting.delete(data.id);
      if (data.error === undefined) resolve(data.answer);
      else reject(new Error(data.error));
    };
    worker.onerror = ({ message }) => {
      for (const { reject } of waiting.values()) reject(new Error(message));
      waiting.clear();
    };
    return worker;
  };
  const send: Ask = async (name, ask) => {
    started ??= start();
    const worker = await started;
    const id = count++;
    return new Promise((resolve, reject) => {
      waiting.set(id, { resolve: resolve as (answer: unknown) => void, reject });
      worker.postMessage({ id, name, ask });
    });
  };
  const open = async () => {
    await whole;
    const [index, tests] = await Promise.all([loader.text("index.json"), loader.text("tests.json")]);
    await send("open", { index, tests });
  };
  return async (name, ask) => {
    // A picture is laid out without the index: the first view does not wait for it.
    if (name !== "layout") {
      opened ??= open();
      await opened;
    }
    return send(name, ask);
  };
}
