/** The name of the server in a request of HTTP/2: `:authority`, else the field host (RFC 9113 §8.3.1). */
import { bytesToLatin1, latin1ToBytes } from "../../bytes/latin1.ts";
import { Http2Event, type Http2Message, type Http2Transaction } from "./transaction.ts";

const AT = 0x40;
const NAME_BYTES_MAX = 1024;

export function hostRawOf(message: Http2Message): Uint8Array | null {
  return message.first(":authority") ?? message.first("host");
}

/** In lower case, without user and port; null without. */
export function hostOf(message: Http2Message): Uint8Array | null {
  const raw = hostRawOf(message);
  return raw === null ? null : message.cached("host", () => latin1ToBytes(nameOf(raw)));
}

/** Notes what does not fit together in the request's fields. */
export function checkAuthority(transaction: Http2Transaction): void {
  const { request } = transaction;
  const authority = request.first(":authority");
  if (authority === null) return;
  if (authority.includes(AT)) transaction.addEvent(Http2Event.userinfoInUri);
  const host = request.first("host");
  if (host !== null && !isSameHost(authority, host)) {
    transaction.addEvent(Http2Event.authorityHostMismatch);
  }
}

/** A port that only one of them has does not count. */
function isSameHost(a: Uint8Array, b: Uint8Array): boolean {
  const textA = textOf(a);
  const textB = textOf(b);
  if (textA === textB) return true;
  const hasPortA = /:\d+$/.test(textA);
  return hasPortA !== /:\d+$/.test(textB) && nameOf(a) === nameOf(b);
}

function nameOf(bytes: Uint8Array): string {
  const text = textOf(bytes);
  return text.slice(text.lastIndexOf("@") + 1).replace(/:\d*$/, "");
}

function textOf(bytes: Uint8Array): string {
  return bytesToLatin1(bytes, 0, Math.min(bytes.length, NAME_BYTES_MAX)).toLowerCase();
}
