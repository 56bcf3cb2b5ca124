import { startAthena } from "../services/athena/start.ts";

/** Starts the stand-in once for all files; those find it by `$TSDBT_ATHENA_STAND_IN`. */
export default async function setup(): Promise<() => Promise<void>> {
  const { stop, ...addresses } = await startAthena();
  process.env.TSDBT_ATHENA_STAND_IN = JSON.stringify(addresses);
  return stop;
}
