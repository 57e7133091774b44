/**
 * DNS over HTTP/2 (RFC 8484): the message of a request, in the query string of its path or in its body, and that
 * of the response, in its body. A message that cannot be read is none; the stream stays HTTP/2.
 */
import { bytesToLatin1 } from "../../bytes/latin1.ts";
import { StreamedBody } from "../body.ts";
import { TO_CLIENT, TO_SERVER } from "../direction.ts";
import { isLikelyHeader, parseMessage } from "../dns/message.ts";
import { HEADER_BYTES } from "../dns/sections.ts";
import { DnsTransaction } from "../dns/transaction.ts";
import { decodeUrlBase64 } from "./url-base64.ts";

const MEDIA_TYPE = "application/dns-message";
/** Longest message, bytes (RFC 1035 §4.2.2: its length has 16 bits over TCP). */
const MESSAGE_BYTES_MAX = 65_535;
/** Longest path that is looked at: a message in base64 and what goes before it. */
const PATH_BYTES_MAX = 88_000;
const QUERY = /[?&]dns=([A-Za-z0-9_-]+=*)(?:&|$)/;

/** What a stream carries of DNS, by direction. */
export class DnsMessages {
  readonly found: [DnsTransaction | null, DnsTransaction | null] = [null, null];
  private readonly bodies: [StreamedBody | null, StreamedBody | null] = [null, null];

  /** The response, else the request: the one that tells most; null before either was read. */
  get latest(): DnsTransaction | null {
    return this.found[TO_CLIENT] ?? this.found[TO_SERVER];
  }

  /** The body of a direction is a message. */
  expect(direction: number): void {
    this.bodies[direction as 0 | 1] ??= new StreamedBody();
  }

  /** More of a body, decoded. False: it is too long for a message. */
  take(direction: number, bytes: Uint8Array, start: number, end: number): boolean {
    const body = this.bodies[direction as 0 | 1];
    if (body === null) return true;
    if (body.totalBytes + (end - start) > MESSAGE_BYTES_MAX) {
      this.bodies[direction as 0 | 1] = null;
      return false;
    }
    body.append(bytes, start, end);
    return true;
  }

  /** The body is over; true when it was a message. */
  endBody(direction: number): boolean {
    const body = this.bodies[direction as 0 | 1];
    if (body === null) return false;
    this.bodies[direction as 0 | 1] = null;
    return this.read(direction, body.bytes, body.windowBytes);
  }

  /** True when the path carries a message. */
  takePath(path: Uint8Array): boolean {
    const text = bytesToLatin1(path, 0, Math.min(path.length, PATH_BYTES_MAX));
    const digits = QUERY.exec(text)?.[1];
    const bytes = digits === undefined ? null : decodeUrlBase64(digits);
    return bytes !== null && this.read(TO_SERVER, bytes, bytes.length);
  }

  private read(direction: number, bytes: Uint8Array, length: number): boolean {
    if (length < HEADER_BYTES || !isLikelyHeader(bytes, 0, length)) return false;
    const message = parseMessage(bytes, 0, length);
    if (message === null) return false;
    const isResponse = direction === TO_CLIENT;
    this.found[direction as 0 | 1] = new DnsTransaction(message, direction, isResponse);
    return true;
  }
}

/** Whether a field names the media type of DNS messages. */
export function isDnsMediaType(value: Uint8Array | null): boolean {
  if (value === null || value.length !== MEDIA_TYPE.length) return false;
  return bytesToLatin1(value, 0, value.length).toLowerCase() === MEDIA_TYPE;
}
