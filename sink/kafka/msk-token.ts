import { createHash, createHmac } from "node:crypto";
import { S3Client } from "@aws-sdk/client-s3";

interface Credentials {
  accessKeyId: string;
  secretAccessKey: string;
  sessionToken?: string | undefined;
}

const SECONDS = 900;

/** The bearer token that MSK takes for IAM: a signed request of kafka-cluster:Connect, as text. */
export async function mskToken(region: string): Promise<string> {
  return tokenOf(region, await awsCredentials(region), new Date());
}

async function awsCredentials(region: string): Promise<Credentials> {
  const client = new S3Client({ region });
  try {
    return await client.config.credentials();
  } finally {
    client.destroy();
  }
}

/** Signature version 4 of a GET with the signature in its query. */
export function tokenOf(region: string, credentials: Credentials, now: Date): string {
  const host = `kafka.${region}.amazonaws.com`;
  const time = now.toISOString().replace(/[-:]|\.\d{3}/g, "");
  const scope = `${time.slice(0, 8)}/${region}/kafka-cluster/aws4_request`;
  const query: [string, string][] = [
    ["Action", "kafka-cluster:Connect"],
    ["X-Amz-Algorithm", "AWS4-HMAC-SHA256"],
    ["X-Amz-Credential", `${credentials.accessKeyId}/${scope}`],
    ["X-Amz-Date", time],
    ["X-Amz-Expires", String(SECONDS)],
  ];
  if (credentials.sessionToken) query.push(["X-Amz-Security-Token", credentials.sessionToken]);
  query.push(["X-Amz-SignedHeaders", "host"]);
  const text = query.map((pair) => pair.map(encode).join("=")).join("&");
  const request = ["GET", "/", text, `host:${host}\n`, "host", sha256("")].join("\n");
  const toSign = ["AWS4-HMAC-SHA256", time, scope, sha256(request)].join("\n");
  let key: Buffer = Buffer.from(`AWS4${credentials.secretAccessKey}`);
  for (const part of scope.split("/")) key = createHmac("sha256", key).update(part).digest();
  const signature = createHmac("sha256", key).update(toSign).digest("hex");
  const url = `https://${host}/?${text}&X-Amz-Signature=${signature}&User-Agent=tsdbt-sink`;
  return Buffer.from(url).toString("base64url");
}

function encode(text: string): string {
  return encodeURIComponent(text).replace(/[!'()*]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`);
}

function sha256(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}
