import { createHash } from "node:crypto";

/** The MD5 of a text's UTF-8, in hexadecimal digits. */
export const md5 = (text: string): string => createHash("md5").update(text, "utf8").digest("hex");
