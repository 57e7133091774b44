/**
 * Links in the text of messages: what begins with one of the configured schemes, up to a space, quote or bracket.
 * The text comes in pieces; a line is kept until it is whole.
 *
 * @hotpath
 */
import { findByte } from "../../bytes/find-byte.ts";
import type { MimeOptions } from "./options.ts";

/** Bytes of a line that wait for its end; a longer one is searched in parts. */
const LINE_BYTES_MAX = 8192;
/** Links kept of one message; more are not. */
export const URLS_MAX = 1024;

const LINE_FEED = 0x0a;

export class UrlFinder {
  readonly urls: Uint8Array[] = [];
  private readonly options: MimeOptions;
  private line = new Uint8Array(0);
  private length = 0;

  constructor(options: MimeOptions) {
    this.options = options;
  }

  take(bytes: Uint8Array, start: number, end: number): void {
    if (!this.options.extractsUrls) return;
    for (let at = start; at < end; ) {
      const feed = findByte(bytes, LINE_FEED, at, end);
      const lineEnd = feed < 0 ? end : feed + 1;
      const room = LINE_BYTES_MAX - this.length;
      const next = Math.min(lineEnd, at + room);
      if (this.length === 0 && feed >= 0 && next === feed + 1) this.search(bytes, at, next);
      else this.hold(bytes, at, next, feed >= 0 && next === feed + 1);
      at = next;
    }
  }

  /** Nothing more comes. */
  finish(): void {
    this.search(this.line, 0, this.length);
    this.length = 0;
  }

  private hold(bytes: Uint8Array, start: number, end: number, isWhole: boolean): void {
    const needed = this.length + (end - start);
    if (needed > this.line.length) {
      const grown = new Uint8Array(Math.min(LINE_BYTES_MAX, Math.max(256, 2 * needed)));
      grown.set(this.line);
      this.line = grown;
    }
    for (let i = start; i < end; i++) this.line[this.length + i - start] = bytes[i]!;
    this.length = needed;
    if (isWhole || needed === LINE_BYTES_MAX) this.finish();
  }

  private search(bytes: Uint8Array, start: number, end: number): void {
    for (const scheme of this.options.urlSchemes) {
      for (let at = start; this.urls.length < URLS_MAX; ) {
        const found = indexOfNocase(bytes, at, end, scheme);
        if (found < 0) break;
        const urlEnd = endOfUrl(bytes, found, end);
        const urlStart = this.options.keepsUrlScheme ? found : found + scheme.length;
        this.urls.push(bytes.slice(urlStart, Math.max(urlStart, urlEnd)));
        at = Math.max(urlEnd, found + scheme.length);
      }
    }
  }
}

/** `wanted` is in lower case. */
function indexOfNocase(bytes: Uint8Array, start: number, end: number, wanted: Uint8Array): number {
  const last = end - wanted.length;
  for (let at = start; at <= last; at++) {
    let i = 0;
    while (i < wanted.length && lower(bytes[at + i]!) === wanted[i]) i++;
    if (i === wanted.length) return at;
  }
  return -1;
}

function endOfUrl(bytes: Uint8Array, start: number, end: number): number {
  let at = start;
  while (at < end && !isUrlEnd(bytes[at]!)) at++;
  return at;
}

function isUrlEnd(byte: number): boolean {
  switch (byte) {
    case 0x20:
    case 0x09:
    case 0x0a:
    case 0x0d:
    case 0x22:
    case 0x27:
    case 0x3c:
    case 0x3e:
    case 0x5d:
      return true;
    default:
      return false;
  }
}

function lower(byte: number): number {
  return byte >= 0x41 && byte <= 0x5a ? byte | 0x20 : byte;
}
