import { randomUUID } from "node:crypto";
import { startAthena } from "../services/athena/start.ts";

/** Where tests run: on the stand-in, or on AWS. */
export interface AthenaPlace {
  region: string;
  bucket: string;
  /** Variables that lead there. */
  env: { [name: string]: string };
  /** Addresses and keys of the stand-in; on AWS the clients find both by themselves. */
  athena?: string;
  glue?: string;
  s3?: string;
  accessKeyId?: string;
  secretAccessKey?: string;
  /** A work group that is not `primary`. */
  workGroup?: string;
}

/** Where the same tests run on either. */
export interface EitherPlace extends AthenaPlace {
  /** Put before the names of schemas, so that none is met that is somebody's. */
  prefix: string;
}

/** AWS, where `$TSDBT_ATHENA_LIVE_BUCKET` names a bucket; else the stand-in. */
export async function athenaPlace(env: NodeJS.ProcessEnv = process.env): Promise<EitherPlace> {
  const bucket = env.TSDBT_ATHENA_LIVE_BUCKET;
  if (!bucket) return { ...(await startAthena()), prefix: "" };
  const workGroup = env.TSDBT_ATHENA_LIVE_WORK_GROUP;
  const prefix = `tsdbt_live_${randomUUID().slice(0, 8)}_`;
  return {
    region: env.AWS_REGION ?? env.AWS_DEFAULT_REGION ?? "us-east-1",
    bucket,
    env: {},
    prefix,
    ...(workGroup && { workGroup }),
  };
}
