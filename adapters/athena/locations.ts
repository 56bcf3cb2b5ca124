import { TsdbtError } from "../../core/errors.ts";
import type { AthenaCredentials } from "./credentials.ts";

/** A bucket and what the keys in it begin with, which ends with a slash. */
export interface S3Place {
  bucket: string;
  prefix: string;
}

/** Reads `s3://bucket/folder`. Throws a TsdbtError for what is no place in S3. */
export function parseS3(path: string): S3Place {
  const match = /^s3[an]?:\/\/([^/]+)(?:\/(.*))?$/s.exec(path);
  if (!match) {
    throw new TsdbtError("TD5450", "Runtime Error", `'${path}' is no place in S3.`, {
      hint: "Write it as s3://bucket/folder.",
    });
  }
  const prefix = (match[2] ?? "").replace(/^\/+|\/+$/g, "");
  return { bucket: match[1]!, prefix: prefix === "" ? "" : `${prefix}/` };
}

/** Whether `inner` is `outer` or lies within it. */
export function contains(outer: S3Place, inner: S3Place): boolean {
  return outer.bucket === inner.bucket && inner.prefix.startsWith(outer.prefix);
}

/**
 * Refuses to clear a place that holds more than one table's data: a whole bucket, the profile's directories, or a folder
 * that another table lies in. `others` are the places of tables that are not to go.
 */
export function checkMayClear(
  path: string,
  credentials: Pick<AthenaCredentials, "stagingDir" | "dataDir" | "tmpTableDir">,
  others: Iterable<readonly [name: string, location: string]>,
): S3Place {
  const place = parseS3(path);
  const refuse = (reason: string, hint: string) =>
    new TsdbtError("TD5451", "Runtime Error", `Refused to delete ${path}: ${reason}`, { hint });
  if (place.prefix === "") {
    throw refuse("it is a whole bucket.", "Give the table a folder of its own: external_location: s3://bucket/folder");
  }
  const directories = {
    s3_staging_dir: credentials.stagingDir,
    s3_data_dir: credentials.dataDir,
    s3_tmp_table_dir: credentials.tmpTableDir,
  };
  for (const [key, directory] of Object.entries(directories)) {
    if (directory !== null && contains(place, parseS3(directory))) {
      throw refuse(`it holds the profile's ${key} (${directory}).`, "Give the table a folder of its own within it.");
    }
  }
  for (const [name, location] of others) {
    if (!/^s3[an]?:\/\//.test(location)) continue;
    if (contains(place, parseS3(location))) {
      throw refuse(
        `the table ${name} lies there (${location}).`,
        "Move one of the tables, or give this one another external_location or s3_data_naming.",
      );
    }
  }
  return place;
}
