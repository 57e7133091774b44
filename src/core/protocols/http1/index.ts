/**
 * HTTP/1 (RFC 9110, RFC 9112), read as leniently as servers and browsers read it: what an attacker can get past
 * them must be seen here.
 */
import { type DetectionPattern, defineProtocol, TCP } from "../protocol.ts";
import type { RecordContext } from "../record.ts";
import type { Transaction } from "../transaction.ts";
import { httpEventNames } from "./events.ts";
import { xffOf } from "./forwarded-for.ts";
import { http1Frames } from "./frames.ts";
import { readHttpOptions } from "./options.ts";
import { Http1Parser } from "./parser.ts";
import { httpRecord, writeHttpAlertFields } from "./record.ts";
import { http1Buffers, http1Tests } from "./sources.ts";
import type { Http1Transaction } from "./transaction.ts";
import { ascii } from "./uri.ts";

const METHODS = ["GET", "PUT", "POST", "HEAD", "TRACE", "OPTIONS", "CONNECT", "DELETE", "PATCH"];
const WEBDAV = ["PROPFIND", "PROPPATCH", "MKCOL", "COPY", "MOVE", "LOCK", "UNLOCK", "CHECKOUT"];
const VERSIONS = ["HTTP/0.9", "HTTP/1.0", "HTTP/1.1"];
/** White space before the method that is looked past. */
const PREFIXES = ["", "\n", "\r\n"];

function patterns(): DetectionPattern[] {
  const found: DetectionPattern[] = [];
  for (const method of [...METHODS, ...WEBDAV]) {
    for (const delimiter of [" ", "\t"]) {
      for (const prefix of PREFIXES) {
        const bytes = ascii(`${prefix}${method}${delimiter}`);
        found.push({
          transport: TCP,
          side: "toServer",
          bytes,
          nocase: true,
          offset: 0,
          depth: bytes.length,
        });
      }
    }
  }
  for (const version of VERSIONS) {
    const bytes = ascii(version);
    found.push({
      transport: TCP,
      side: "toClient",
      bytes,
      nocase: true,
      offset: 0,
      depth: bytes.length,
    });
  }
  return found;
}

export const http1 = defineProtocol({
  name: "http1",
  eveName: "http",
  ruleNames: ["http"],
  configName: "http",
  summary: "HTTP up to version 1.1.",
  transports: [TCP],
  enabledByDefault: true,
  patterns: patterns(),
  probes: [],
  states: {
    toServer: [
      "request_started",
      "request_line",
      "request_headers",
      "request_body",
      "request_trailer",
      "request_complete",
    ],
    toClient: [
      "response_started",
      "response_line",
      "response_headers",
      "response_body",
      "response_trailer",
      "response_complete",
    ],
  },
  frames: http1Frames,
  events: httpEventNames,
  hasUpperCaseEvents: true,
  buffers: http1Buffers,
  tests: http1Tests,
  records: [httpRecord],
  writeAlertFields: (writer, transaction: Transaction, context: RecordContext) =>
    // Only transactions of this protocol come here.
    writeHttpAlertFields(writer, transaction as Http1Transaction, context),
  forwardedFor: (transaction: Transaction, deployment, header) =>
    xffOf(transaction as Http1Transaction, deployment, header),
  createFactory(settings) {
    const options = readHttpOptions(settings);
    return () => new Http1Parser(options);
  },
});
