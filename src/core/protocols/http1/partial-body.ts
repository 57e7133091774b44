/** Response bodies that are a part of a resource (206, Content-Range): they are joined to the whole file. */
import { parseContentRange } from "../files/content-range.ts";
import type { FilePart } from "../files/partial-files.ts";
import type { ParseHost } from "../protocol.ts";
import { latinText } from "./message.ts";
import type { Http1Transaction } from "./transaction.ts";

/** Null when the body is no part, or there is no room for it. `name`: of the file. */
export function openPart(
  transaction: Http1Transaction,
  name: Uint8Array,
  host: ParseHost,
): FilePart | null {
  const value = transaction.response.value("content-range");
  if (value === null) return null;
  const range = parseContentRange(latinText(value));
  if (range === "unusable") return null;
  if (range === "invalid") {
    transaction.note("range_invalid");
    return null;
  }
  const key = `${latinText(transaction.host ?? new Uint8Array(0))}${latinText(name)}`;
  return host.partialFiles.open(key, range, { name, direction: 1, timeUs: host.timeUs });
}
