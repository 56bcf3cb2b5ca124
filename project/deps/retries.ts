import { TsdbtError } from "../../core/errors.ts";
import { RequestError } from "./http.ts";
import type { DepsSession } from "./session.ts";

const ATTEMPTS = 5;
const PAUSE_MS = 1000;

/** Tries again what another machine may have spoilt, five times, a second apart. Throws dbt's words after the last one. */
export async function withRetries<T>(session: DepsSession, what: () => Promise<T>): Promise<T> {
  for (let attempt = 0; ; attempt++) {
    try {
      return await what();
    } catch (error) {
      if (!(error instanceof RequestError)) throw error;
      if (!error.again || attempt >= ATTEMPTS || session.signal?.aborted)
        throw new TsdbtError("TD2520", "Runtime Error", `External connection exception occurred: ${error.message}`, {
          hint: "is the address right, and can this machine reach it? HTTPS_PROXY names a proxy",
          cause: error,
        });
      session.debug("RecordRetryException", "M021", `External call exception: ${error.message}`, {
        exc: error.message,
      });
      session.debug(
        "RetryExternalCall",
        "M020",
        `Retrying external call. Attempt: ${attempt} Max attempts: ${ATTEMPTS}`,
        {
          attempt,
          max: ATTEMPTS,
        },
      );
      await new Promise((done) => setTimeout(done, PAUSE_MS));
    }
  }
}
