/** Response bodies that are a part of a resource (Content-Range): they are joined to the whole file. */
import { bytesToLatin1 } from "../../bytes/latin1.ts";
import { TO_CLIENT } from "../direction.ts";
import { parseContentRange } from "../files/content-range.ts";
import type { FilePart } from "../files/partial-files.ts";
import type { ParseHost } from "../protocol.ts";
import { Http2Event, type Http2Transaction } from "./transaction.ts";

const QUESTION_MARK = 0x3f;
const NOTHING = new Uint8Array(0);

/** Null when the body is no part of a resource. */
export function openPart(transaction: Http2Transaction, host: ParseHost): FilePart | null {
  const value = transaction.response.first("content-range");
  if (value === null) return null;
  const range = parseContentRange(bytesToLatin1(value, 0, value.length));
  if (range === "unusable") return null;
  if (range === "invalid") {
    transaction.addEvent(Http2Event.invalidRange);
    return null;
  }
  const request = transaction.request;
  const path = request.first(":path") ?? NOTHING;
  const query = path.indexOf(QUESTION_MARK);
  const name = query < 0 ? path : path.slice(0, query);
  const authority = request.first(":authority") ?? NOTHING;
  // Without the port, as the host of HTTP/1 is: parts may come over both.
  const hostName = bytesToLatin1(authority, 0, authority.length).toLowerCase().replace(/:\d*$/, "");
  const key = hostName + bytesToLatin1(name, 0, name.length);
  return host.partialFiles.open(key, range, { name, direction: TO_CLIENT, timeUs: host.timeUs });
}
