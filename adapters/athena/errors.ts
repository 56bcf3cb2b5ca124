import { TsdbtError } from "../../core/errors.ts";
import type { AthenaCredentials } from "./credentials.ts";

type Place = Pick<AthenaCredentials, "region" | "workGroup" | "awsProfile" | "assumeRole" | "stagingDir">;

/** What the SDK throws for an answer of a service. */
interface ServiceError extends Error {
  Code?: string;
  code?: string;
  $metadata?: { httpStatusCode?: number };
}

/** The name of a service's error: `EntityNotFoundException`, `SlowDown`. */
export function errorName(error: unknown): string {
  const { name, Code, code } = error as ServiceError;
  if (name && name !== "Error" && name !== "Unknown" && name !== "UnknownError") return name;
  return Code ?? code ?? name ?? "Error";
}

const THROTTLED = [
  "TooManyRequestsException",
  "ThrottlingException",
  "InternalServerException",
  "Throttling",
  "SlowDown",
  "RequestLimitExceeded",
];

/** Whether a service asks to be asked again later. */
export function isThrottling(error: unknown): boolean {
  const cause = error instanceof TsdbtError ? error.cause : undefined;
  return THROTTLED.includes(errorName(cause ?? error)) || (cause !== undefined && isThrottling(cause));
}

/** Whether a service says that what was asked for is not there. */
export function isMissing(error: unknown): boolean {
  const subject = error instanceof TsdbtError && error.cause ? error.cause : error;
  return errorName(subject) === "EntityNotFoundException";
}

/** A failed call of a service, in the words that boto3 has for it, and what to do. */
export function describeCall(error: unknown, operation: string, place: Place): TsdbtError {
  if (error instanceof TsdbtError) return error;
  const name = errorName(error);
  const { message, $metadata } = error as ServiceError;
  const text = $metadata?.httpStatusCode
    ? `An error occurred (${name}) when calling the ${operation} operation: ${message}`
    : message;
  const { code, hint } = adviceOf(name, message, operation, place);
  return new TsdbtError(code, code === "TD5401" ? "Database Error" : "Runtime Error", text, { hint, cause: error });
}

function adviceOf(name: string, message: string, operation: string, place: Place): { code: string; hint?: string } {
  const { region, workGroup, awsProfile, assumeRole, stagingDir } = place;
  if (operation === "AssumeRole" || (assumeRole && /sts:AssumeRole/.test(message))) {
    return {
      code: "TD5401",
      hint: `Check assume_role_arn (${assumeRole?.arn}), and that its trust policy names who asks.`,
    };
  }
  switch (name) {
    case "CredentialsProviderError":
    case "TokenProviderError":
      return {
        code: "TD5401",
        hint: awsProfile
          ? `Check aws_profile_name (${awsProfile}) in ~/.aws/config and ~/.aws/credentials; with SSO, log in first.`
          : "No AWS credentials were found: set aws_access_key_id and aws_secret_access_key or aws_profile_name in the profile, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY.",
      };
    case "UnrecognizedClientException":
    case "InvalidClientTokenId":
    case "InvalidAccessKeyId":
    case "SignatureDoesNotMatch":
    case "InvalidSignatureException":
      return { code: "TD5401", hint: "AWS does not know these credentials: check the access key and its secret." };
    case "ExpiredToken":
    case "ExpiredTokenException":
      return { code: "TD5401", hint: "The session's credentials have expired: get new ones." };
    case "AccessDeniedException":
    case "AccessDenied":
    case "Forbidden":
      return {
        code: "TD5402",
        hint: `The credentials may not call ${operation}: add it to their IAM policy (and to Lake Formation's permissions, where it governs the table).`,
      };
    case "NoSuchBucket":
      return {
        code: "TD5403",
        hint: "The bucket does not exist: check s3_staging_dir, s3_data_dir and external_location.",
      };
    case "PermanentRedirect":
    case "AuthorizationHeaderMalformed":
      return { code: "TD5403", hint: `The bucket is in another region than region_name (${region}).` };
    case "TooManyRequestsException":
    case "ThrottlingException":
    case "Throttling":
    case "SlowDown":
      return { code: "TD5404", hint: "AWS throttles: fewer `threads`, a higher num_retries or poll_interval help." };
    case "ResourceNumberLimitExceededException":
      return {
        code: "TD5405",
        hint: "Glue keeps only so many versions of a table: set a lower versions_to_keep, or delete old versions.",
      };
    case "ENOTFOUND":
    case "EAI_AGAIN":
      return { code: "TD5401", hint: `No such host: check region_name (${region}), endpoint_url and the network.` };
    case "ECONNREFUSED":
      return { code: "TD5401", hint: "Nothing answers there: check endpoint_url and the AWS_ENDPOINT_URL variables." };
  }
  if (/WorkGroup .* is not found/i.test(message)) {
    return { code: "TD5406", hint: `Check work_group (${workGroup}) and region_name (${region}) of the profile.` };
  }
  if (/output location/i.test(message)) {
    return { code: "TD5406", hint: "Set s3_staging_dir in the profile, or an output location in the work group." };
  }
  if (/does not exist|Unable to verify\/create output bucket/i.test(message) && stagingDir) {
    return { code: "TD5403", hint: `Check s3_staging_dir (${stagingDir}) and that its bucket is in ${region}.` };
  }
  if (/length less than or equal to 262144|string length/i.test(message)) {
    return {
      code: "TD5407",
      hint: "Athena takes statements of 256 KiB at most: split the model, or let an intermediate one be a table.",
    };
  }
  return { code: "TD5400" };
}

/** Of a query that Athena ran and that failed. */
export interface FailedQuery {
  id: string;
  message: string;
  category: number | undefined;
  type: number | undefined;
  retryable: boolean | undefined;
  cancelled: boolean;
}

const CATEGORIES: { readonly [category: number]: string } = { 1: "system", 2: "user", 3: "other" };
const ICEBERG_ERROR = 233;

/** A failed query as a TsdbtError keeps it, so that callers can tell what failed. */
export class AthenaQueryError extends TsdbtError {
  readonly query: FailedQuery;
  constructor(query: FailedQuery, sql: string, linesBefore: number, region: string) {
    const place = /line (\d+):(\d+):/.exec(query.message);
    const line = place ? Number(place[1]) - linesBefore : 0;
    super(query.cancelled ? "TD5411" : "TD5410", "Runtime Error", query.message, {
      hint: hintOf(query, region),
      ...(line > 0 && { span: { line, column: Number(place![2]) }, source: sql }),
    });
    this.query = query;
  }
  /** Someone else committed to the Iceberg table meanwhile: the same statement may go through now. */
  get isCommitConflict(): boolean {
    return this.query.type === ICEBERG_ERROR && this.query.message.includes("ICEBERG_COMMIT_ERROR");
  }
}

const QUERY_HINTS: [RegExp, string][] = [
  [
    /TOO_MANY_OPEN_PARTITIONS/,
    "Athena writes at most 100 partitions a statement: set force_batch: true, or partition less finely.",
  ],
  [
    /ICEBERG_COMMIT_ERROR/,
    "Others write to this table at the same time: a higher num_iceberg_retries tries again more often.",
  ],
  [
    /HIVE_PATH_ALREADY_EXISTS|non-empty location/,
    "The table's location is not empty: use an s3_data_naming with `unique`, or clear it.",
  ],
  [/(?:TABLE|SCHEMA)_NOT_FOUND/, "Use ref() or source() for tables of the project, so that they are built first."],
  [
    /Access Denied|AccessDenied|Insufficient permissions|not authorized/i,
    "The credentials lack a permission on S3, Glue or Lake Formation that this statement needs.",
  ],
];

function hintOf({ id, category, type, cancelled, message }: FailedQuery, region: string): string {
  const advice = cancelled
    ? "The query was stopped from outside."
    : QUERY_HINTS.find(([pattern]) => pattern.test(message))?.[1];
  const kind = [
    type === undefined ? undefined : `error type ${type}`,
    category === undefined ? undefined : `${CATEGORIES[category] ?? category} error`,
  ].filter(Boolean);
  const link = `https://${region}.console.aws.amazon.com/athena/home?region=${region}#/query-editor/history/${id}`;
  return [advice, `Query ${id}${kind.length > 0 ? ` (${kind.join(", ")})` : ""}: ${link}`].filter(Boolean).join("\n");
}
