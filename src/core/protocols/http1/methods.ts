/** The methods of HTTP and its extensions that are known by name. */
import { latinText } from "./message.ts";

export const methods: readonly string[] = (
  "GET HEAD POST PUT DELETE CONNECT OPTIONS TRACE PATCH PROPFIND PROPPATCH MKCOL COPY MOVE LOCK UNLOCK " +
  "VERSION-CONTROL CHECKOUT UNCHECKOUT CHECKIN UPDATE LABEL REPORT MKWORKSPACE MKACTIVITY " +
  "BASELINE-CONTROL MERGE SEARCH INVALID ERROR"
).split(" ");

const known: ReadonlySet<string> = new Set(methods);

export function isKnownMethod(word: Uint8Array): boolean {
  return known.has(latinText(word));
}
