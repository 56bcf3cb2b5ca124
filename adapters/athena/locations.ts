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

/** Whether a table's location is that place or within it. */
export function lies(location: string, place: S3Place): boolean {
  return /^s3[an]?:\/\/[^/]/.test(location) && contains(place, parseS3(location));
}

/** Refuses to clear a place that is more than one table's: a whole bucket, or one that holds the profile's directories. */
export function checkMayClear(
  path: string,
  credentials: Pick<AthenaCredentials, "stagingDir" | "dataDir" | "tmpTableDir">,
): S3Place {
  const place = parseS3(path);
  if (place.prefix === "") {
    throw refused(
      path,
      "it is a whole bucket.",
      "Give the table a folder of its own: external_location: s3://bucket/folder",
    );
  }
  const directories = {
    s3_staging_dir: credentials.stagingDir,
    s3_data_dir: credentials.dataDir,
    s3_tmp_table_dir: credentials.tmpTableDir,
  };
  for (const [key, directory] of Object.entries(directories)) {
    if (directory !== null && lies(directory, place)) {
      throw refused(
        path,
        `it holds the profile's ${key} (${directory}).`,
        "Give the table a folder of its own within it.",
      );
    }
  }
  return place;
}

/** That another table's data would go as well. */
export function otherTable(path: string, table: string, location: string): TsdbtError {
  return refused(
    path,
    `the table ${table} lies there (${location}).`,
    "Move one of the tables, or give this one another external_location or s3_data_naming.",
  );
}

function refused(path: string, reason: string, hint: string): TsdbtError {
  return new TsdbtError("TD5451", "Runtime Error", `Refused to delete ${path}: ${reason}`, { hint });
}
