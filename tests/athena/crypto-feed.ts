import { readFileSync } from "node:fs";
import { join } from "node:path";
import { PutObjectCommand } from "@aws-sdk/client-s3";
import { ROOT } from "../support/tsdbt.ts";
import type { Look } from "./look.ts";

/** Puts the price feed of examples/crypto where the project looks for it; answers the variables that it needs. */
export async function uploadCryptoFeed(look: Look, bucket: string): Promise<{ CRYPTO_BUCKET: string }> {
  const Body = readFileSync(join(ROOT, "examples", "crypto", "data", "crypto_prices.jsonl"));
  await look.s3.send(new PutObjectCommand({ Bucket: bucket, Key: "crypto/feed/crypto_prices.jsonl", Body }));
  return { CRYPTO_BUCKET: bucket };
}
