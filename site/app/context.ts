import { createContext } from "preact";
import { useContext, useEffect, useState } from "preact/hooks";
import type { Project } from "./project.ts";
import type { Ask } from "./worker-client.ts";

/** What every view needs. */
export interface Shared {
  project: Project;
  ask: Ask;
  /** When the project has its data tests too. */
  whole: Promise<void>;
}

export const SharedContext = createContext<Shared | null>(null);

export function useShared(): Shared {
  return useContext(SharedContext)!;
}

/** The value of a promise: undefined while it is waited for. An older one's answer is never shown for a newer one. */
export function useLater<T>(make: () => Promise<T>, keys: unknown[]): { value?: T; error?: string } {
  const [state, setState] = useState<{ keys: unknown[]; value?: T; error?: string }>({ keys });
  useEffect(() => {
    let isOver = false;
    make().then(
      (value) => isOver || setState({ keys, value }),
      (error: Error) => isOver || setState({ keys, error: error.message }),
    );
    return () => {
      isOver = true;
    };
  }, keys);
  return state.keys.every((key, i) => key === keys[i]) ? state : {};
}
