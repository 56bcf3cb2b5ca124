import { webcrypto } from "node:crypto";
import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  S3Client,
  UploadPartCommand,
} from "@aws-sdk/client-s3";
import type { Config } from "../config/index.ts";
import { SinkError } from "../errors.ts";

const { subtle } = webcrypto;
/** Larger bodies are worth a thread. */
const DIGEST_BESIDE = 256 * 1024;

/** What the sink needs of S3. Nothing is tried twice here. */
export interface Store {
  /** Puts an object where there is none of that name. Answers false where there is one. */
  putNew(key: string, body: Buffer, options?: PutOptions): Promise<boolean>;
  get(key: string): Promise<Buffer | undefined>;
  /** The metadata of an object, if there is one. */
  head(key: string): Promise<{ [name: string]: string } | undefined>;
  /** Names with a prefix, in their order. */
  list(prefix: string, options: { most: number; after?: string }): Promise<string[]>;
  close(): void;
}

export interface PutOptions {
  contentType?: string;
  metadata?: { [name: string]: string };
}

export function connectStore(options: Config["s3"]): Store {
  const { bucket: Bucket } = options;
  const client = new S3Client({
    region: options.region,
    forcePathStyle: options.path_style,
    maxAttempts: 1,
    requestHandler: {
      requestTimeout: options.timeout,
      connectionTimeout: options.timeout,
      throwOnRequestTimeout: true,
    },
    requestChecksumCalculation: "WHEN_REQUIRED",
    responseChecksumValidation: "WHEN_REQUIRED",
    ...(options.endpoint && { endpoint: options.endpoint }),
    ...(options.access_key_id && {
      credentials: {
        accessKeyId: options.access_key_id,
        secretAccessKey: options.secret_access_key ?? "",
        ...(options.session_token && { sessionToken: options.session_token }),
      },
    }),
  });

  // The signature holds the body's digest; Node makes that beside the main thread, where the client would hold everything up.
  client.middlewareStack.add(
    (next) => async (args) => {
      const { body, headers } = args.request as { body?: unknown; headers: { [name: string]: string } };
      if (Buffer.isBuffer(body) && body.length > DIGEST_BESIDE)
        headers["x-amz-content-sha256"] = Buffer.from(await subtle.digest("SHA-256", body)).toString("hex");
      return next(args);
    },
    { step: "build", name: "digestBeside" },
  );

  const putWhole = (Key: string, Body: Buffer, { contentType, metadata }: PutOptions) =>
    client.send(
      new PutObjectCommand({
        Bucket,
        Key,
        Body,
        IfNoneMatch: "*",
        ...(contentType && { ContentType: contentType }),
        ...(metadata && { Metadata: metadata }),
      }),
    );

  const putParts = async (Key: string, body: Buffer, { contentType, metadata }: PutOptions) => {
    const { UploadId } = await client.send(
      new CreateMultipartUploadCommand({
        Bucket,
        Key,
        ...(contentType && { ContentType: contentType }),
        ...(metadata && { Metadata: metadata }),
      }),
    );
    try {
      const Parts: { ETag?: string; PartNumber: number }[] = [];
      for (let at = 0; at < body.length; at += options.multipart) {
        const PartNumber = Parts.length + 1;
        const Body = body.subarray(at, at + options.multipart);
        const { ETag } = await client.send(new UploadPartCommand({ Bucket, Key, UploadId, PartNumber, Body }));
        Parts.push({ PartNumber, ...(ETag && { ETag }) });
      }
      await client.send(
        new CompleteMultipartUploadCommand({ Bucket, Key, UploadId, MultipartUpload: { Parts }, IfNoneMatch: "*" }),
      );
    } catch (error) {
      await client.send(new AbortMultipartUploadCommand({ Bucket, Key, UploadId })).catch(() => undefined);
      throw error;
    }
  };

  return {
    async putNew(key, body, put = {}) {
      try {
        await (body.length > options.multipart ? putParts : putWhole)(key, body, put);
        return true;
      } catch (error) {
        if (statusOf(error) === 412) return false;
        throw explained(error, options, `put ${key}`);
      }
    },
    async get(key) {
      try {
        const { Body } = await client.send(new GetObjectCommand({ Bucket, Key: key }));
        return Buffer.from(await Body!.transformToByteArray());
      } catch (error) {
        if (nameOf(error) === "NoSuchKey") return undefined;
        throw explained(error, options, `get ${key}`);
      }
    },
    async head(key) {
      try {
        return (await client.send(new HeadObjectCommand({ Bucket, Key: key }))).Metadata ?? {};
      } catch (error) {
        if (statusOf(error) === 404) return undefined;
        throw explained(error, options, `look at ${key}`);
      }
    },
    async list(prefix, { most, after }) {
      try {
        const answer = await client.send(
          new ListObjectsV2Command({ Bucket, Prefix: prefix, MaxKeys: most, ...(after && { StartAfter: after }) }),
        );
        return (answer.Contents ?? []).map(({ Key }) => Key!);
      } catch (error) {
        throw explained(error, options, `list ${prefix}`);
      }
    },
    close: () => client.destroy(),
  };
}

function statusOf(error: unknown): number | undefined {
  return (error as { $metadata?: { httpStatusCode?: number } }).$metadata?.httpStatusCode;
}

function nameOf(error: unknown): string {
  return (error as Error).name;
}

const HINTS: { [name: string]: string } = {
  NoSuchBucket: "the bucket is not made by the sink; check s3.bucket and s3.region",
  AccessDenied: "the sink needs s3:PutObject, s3:GetObject and s3:ListBucket",
  InvalidAccessKeyId: "check s3.access_key_id, or AWS's usual places for credentials",
  SignatureDoesNotMatch: "check s3.secret_access_key",
  CredentialsProviderError: "give s3.access_key_id, or credentials in AWS's usual places",
};

function explained(error: unknown, { bucket }: Config["s3"], what: string): Error {
  const name = nameOf(error);
  const hint = HINTS[name];
  const said = (error as Error).message;
  const status = statusOf(error);
  return new SinkError(
    `S3, bucket ${bucket}: cannot ${what}: ${name}${status ? ` (${status})` : ""}${said && said !== name ? `: ${said}` : ""}`,
    {
      cause: error,
      ...(hint && { hint }),
    },
  );
}
