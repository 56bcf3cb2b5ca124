import { TsdbtError } from "../errors.ts";

const HINTS: { readonly [code: string]: string } = {
  ENOSPC: "the disk is full: free some space and run it again",
  EDQUOT: "the quota of the disk is used up",
  EACCES: "the folder must be writable; --target-path names another one",
  EPERM: "the folder must be writable; --target-path names another one",
  EROFS: "the disk is read-only; --target-path names a folder elsewhere",
  EEXIST: "there is a file where a folder is needed: remove it, or name another folder with --target-path",
  ENOTDIR: "there is a file where a folder is needed: remove it, or name another folder with --target-path",
  EISDIR: "there is a folder of that name: remove it, or name another folder with --target-path",
  ENAMETOOLONG: "the name is too long for the disk",
};

/** What the operating system refused, as an error that says which file and what to do; anything else stays what it is. */
export function fileError(path: string, error: unknown): unknown {
  if (!(error instanceof Error) || error instanceof TsdbtError) return error;
  const { code, message } = error as NodeJS.ErrnoException;
  if (code === undefined || !/^E[A-Z]+$/.test(code)) return error;
  const why = /^E[A-Z]+: ([^,]+)/.exec(message)?.[1] ?? message;
  return new TsdbtError("TD2901", "Runtime Error", `Could not write ${path}: ${why}`, {
    hint: HINTS[code],
    cause: error,
  });
}
