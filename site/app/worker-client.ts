import type { Answer, Protocol } from "../worker/protocol.ts";
import type { Loader } from "./loader.ts";

export type Ask = <K extends keyof Protocol>(name: K, ask: Protocol[K]["ask"]) => Promise<Protocol[K]["answer"]>;

/** Starts the worker when it is first asked. */
export function workerClient(loader: Loader): Ask {
  const waiting = new Map<number, { resolve(answer: unknown): void; reject(error: Error): void }>();
  let count = 0;
  let started: Promise<Worker> | undefined;
  const start = async () => {
    const [worker, index] = await Promise.all([loader.worker(), loader.text("index.json")]);
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
    worker.postMessage({ id: count++, name: "open", ask: { index } });
    return worker;
  };
  return async (name, ask) => {
    started ??= start();
    const worker = await started;
    const id = count++;
    return new Promise((resolve, reject) => {
      waiting.set(id, { resolve: resolve as (answer: unknown) => void, reject });
      worker.postMessage({ id, name, ask });
    });
  };
}
