/** The limit of the names of files, which come out of targets and parts of forms. */
import type { Http1Transaction } from "./transaction.ts";

/** Bytes of a name; what is beyond is cut off, with an event. */
export const FILE_NAME_BYTES_MAX = 4096;

export function boundedFileName(name: Uint8Array, transaction: Http1Transaction): Uint8Array {
  if (name.length <= FILE_NAME_BYTES_MAX) return name;
  transaction.note("file_name_too_long");
  return name.slice(0, FILE_NAME_BYTES_MAX);
}
