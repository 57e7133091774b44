/**
 * Reads the header lines of one message: folded lines, repeated fields, lines without a colon, as lenient as
 * servers and browsers are; what is wrong becomes an event.
 */
import { findByte } from "../../bytes/find-byte.ts";
import type { HttpEventName } from "./events.ts";
import { EMPTY, type HttpMessage, isBlank, isSpace, joinBytes, trimmed } from "./message.ts";
import type { Http1Transaction } from "./transaction.ts";
import { ascii } from "./uri.ts";

const COLON = 0x3a;
const JOIN = ascii(", ");
/** A field that is repeated more often is not joined any more: the cost would be quadratic. */
const REPETITIONS_MAX = 64;
/** Bytes of the header block that are kept raw. */
const RAW_BYTES_MAX = 131_072;

export class HeaderBlock {
  private readonly transaction: Http1Transaction;
  private readonly message: HttpMessage;
  private readonly isRequest: boolean;
  private readonly rawParts: Uint8Array[] = [];
  private rawBytes = 0;
  /** The line before, which a folded line may continue. */
  private pending: Uint8Array | null = null;

  constructor(transaction: Http1Transaction, direction: number) {
    this.transaction = transaction;
    this.message = transaction.message(direction);
    this.isRequest = direction === 0;
  }

  /** Takes the line [start, end), its end included. True when it was the empty line that ends the block. */
  addLine(bytes: Uint8Array, start: number, end: number): boolean {
    this.keepRaw(bytes, start, end);
    let last = end;
    while (last > start && (bytes[last - 1] === 0x0a || bytes[last - 1] === 0x0d)) last--;
    if (last === start) {
      this.finish();
      return true;
    }
    const isFolded = isBlank(bytes[start]!);
    if (isFolded && this.pending !== null && !this.isFieldOfItsOwn(bytes, start, last)) {
      this.pending = joinBytes(this.pending, bytes.slice(start, last));
      return false;
    }
    if (isFolded) this.note("invalid_request_field_folding", "invalid_response_field_folding");
    this.flush();
    this.pending = bytes.slice(isFolded ? start + 1 : start, last);
    return false;
  }

  /** In responses of HTTP/1.1 a folded line that looks like a field is taken for one. */
  private isFieldOfItsOwn(bytes: Uint8Array, start: number, end: number): boolean {
    if (this.isRequest || this.message.version !== 11) return false;
    const hasColon = findByte(bytes, COLON, start, end) >= 0;
    return hasColon && this.pending !== null && this.pending.includes(COLON);
  }

  /** The block ends here, with or without its empty line. */
  finish(): void {
    this.flush();
    this.message.rawHeaders = joinBytes(...this.rawParts);
    this.message.hasHeaders = true;
  }

  private keepRaw(bytes: Uint8Array, start: number, end: number): void {
    const room = RAW_BYTES_MAX - this.rawBytes;
    if (room <= 0) return;
    this.rawParts.push(bytes.slice(start, Math.min(end, start + room)));
    this.rawBytes += end - start;
  }

  private flush(): void {
    const line = this.pending;
    this.pending = null;
    if (line !== null) this.addField(line);
  }

  private addField(line: Uint8Array): void {
    const { message } = this;
    const colon = line.indexOf(COLON);
    if (colon < 0) {
      this.note("request_field_missing_colon", "response_field_missing_colon");
    } else if (colon === 0 || isSpace(line[colon - 1]!) || isSpace(line[0]!)) {
      this.note("request_header_invalid", "response_header_invalid");
    }
    const name = colon < 0 ? EMPTY : trimmed(line, 0, colon);
    const value = trimmed(line, colon + 1, line.length);
    if (message.fields.length >= this.transaction.options.headersMax) {
      if (!message.hasTooManyHeaders) {
        this.note("request_too_many_headers", "response_too_many_headers");
      }
      message.hasTooManyHeaders = true;
      return;
    }
    const known = message.addField(name, value);
    if (known === null) return;
    this.note("request_header_repetition", "response_header_repetition");
    if (known.lowerName === "content-length") this.compareLength(known.value, value);
    else if (known.count <= REPETITIONS_MAX) known.value = joinBytes(known.value, JOIN, value);
  }

  /** The first length counts. */
  private compareLength(known: Uint8Array, value: Uint8Array): void {
    if (parseLength(known) === parseLength(value)) return;
    this.note(
      "duplicate_content_length_field_in_request",
      "duplicate_content_length_field_in_response",
    );
  }

  private note(request: HttpEventName, response: HttpEventName): void {
    this.transaction.note(this.isRequest ? request : response);
  }
}

/** A Content-Length; -1 when there is no number in it. Junk around the digits is passed over. */
export function parseLength(value: Uint8Array): number {
  let at = 0;
  while (at < value.length && !isDigit(value[at]!)) at++;
  if (at === value.length) return -1;
  let length = 0;
  for (; at < value.length && isDigit(value[at]!); at++) {
    length = length * 10 + (value[at]! - 0x30);
    if (length > Number.MAX_SAFE_INTEGER) return -1;
  }
  return length;
}

export function isDigit(byte: number): boolean {
  return byte >= 0x30 && byte <= 0x39;
}
