/**
 * Reads the header block, and later the trailer, of one message: repeated fields are joined, what is wrong with
 * a field becomes an event. Bounded: bytes of an unfinished field, number of fields, repetitions that are joined.
 */
import type { HttpEventName } from "./events.ts";
import { HeaderField } from "./header-field.ts";
import { HeaderFlaw, HeaderGrammar, HeaderStep } from "./header-grammar.ts";
import { type HttpMessage, isSpace, joinBytes, latinText, type RawPiece } from "./message.ts";
import type { Http1Transaction } from "./transaction.ts";
import { ascii } from "./uri.ts";

const JOIN = ascii(", ");
/** Repetitions in one message that are joined; later ones are left out. */
const REPETITIONS_MAX = 64;
/** Bytes of the header block that are kept raw. */
const RAW_BYTES_MAX = 131_072;
/** A line end is decided by the bytes behind it. */
const LOOK_BEHIND_BYTES = 5;
const LF = 0x0a;
const CR = 0x0d;

export const HeaderOutcome = { more: 0, done: 1, failed: 2 } as const;

export class HeaderBlock {
  /** Bytes that the last call to `read` used. */
  used = 0;
  private readonly transaction: Http1Transaction;
  private readonly message: HttpMessage;
  private readonly isRequest: boolean;
  private readonly grammar: HeaderGrammar;
  private readonly rawPieces: RawPiece[] = [];
  // The value of the field last read.
  private valueBytes: Uint8Array;
  private valueStart = 0;
  private valueEnd = 0;
  private rawBytes = 0;
  private repetitions = 0;
  /** Bytes of the unfinished field that were looked at. */
  private looked = 0;

  constructor(transaction: Http1Transaction, direction: number) {
    this.transaction = transaction;
    this.message = transaction.message(direction);
    this.isRequest = direction === 0;
    this.grammar = new HeaderGrammar(!this.isRequest);
    this.valueBytes = this.grammar.noBytes;
  }

  /** Takes what is whole of the bytes [start, end) and sets `used`; a HeaderOutcome. */
  read(bytes: Uint8Array, start: number, end: number): number {
    this.used = 0;
    if (!this.mayEndLine(bytes, start, end)) return this.wait(start, end);
    return this.readFields(bytes, start, end, false);
  }

  /** Nothing more comes: what is there of the last field counts. */
  finish(bytes: Uint8Array, start: number, end: number): void {
    if (end > start) this.readFields(bytes, start, end, true);
    this.close();
  }

  /** What is read from now on is the trailer. */
  beginTrailer(): void {
    this.looked = 0;
  }

  private readFields(bytes: Uint8Array, start: number, end: number, isLast: boolean): number {
    const { grammar } = this;
    const fieldsBefore = this.message.fields.length;
    let at = start;
    let step = grammar.read(bytes, at, end, isLast);
    while (step === HeaderStep.field) {
      const isTaken = this.addField(bytes);
      at = grammar.next;
      if (!isTaken) {
        // The fields so far are shown all the same: they may not stay where other data comes.
        this.keep(bytes, start, at, fieldsBefore);
        return HeaderOutcome.failed;
      }
      step = grammar.readEnd(at);
      if (step === HeaderStep.field) step = grammar.read(bytes, at, end, isLast);
    }
    if (step === HeaderStep.end) at = grammar.next;
    this.keep(bytes, start, at, fieldsBefore);
    this.used = at - start;
    if (step === HeaderStep.more) return this.wait(at, end);
    this.close();
    return HeaderOutcome.done;
  }

  private close(): void {
    this.message.rawPieces = this.rawPieces;
    this.message.hasHeaders = true;
    this.message.fieldsChanged++;
  }

  /** Nothing to decide before a line end came, and a little more. */
  private mayEndLine(bytes: Uint8Array, start: number, end: number): boolean {
    for (let i = start + Math.max(0, this.looked - LOOK_BEHIND_BYTES); i < end; i++) {
      if (bytes[i] === LF || (bytes[i] === CR && !this.isRequest)) return true;
    }
    return false;
  }

  private wait(start: number, end: number): number {
    this.looked = end - start;
    if (this.looked <= this.transaction.options.fieldLimitBytes) return HeaderOutcome.more;
    this.note("request_field_too_long", "response_field_too_long");
    return HeaderOutcome.failed;
  }

  /** Copies what was read; the fields that were found in it lie in the copy from now on. */
  private keep(bytes: Uint8Array, start: number, end: number, fieldsBefore: number): void {
    if (end <= start) return;
    const { slab } = this.transaction.options;
    const at = slab.keep(bytes, start, end);
    const { fields } = this.message;
    for (let i = fieldsBefore; i < fields.length; i++)
      fields[i]!.move(bytes, slab.bytes, at - start);
    const room = RAW_BYTES_MAX - this.rawBytes;
    if (room <= 0) return;
    const length = Math.min(end - start, room);
    this.rawPieces.push({ bytes: slab.bytes, start: at, end: at + length });
    this.rawBytes += length;
  }

  /** Finds the value: its lines, one blank between them, white space around it left out. */
  private findValue(bytes: Uint8Array): void {
    const { pieces, pieceNumbers } = this.grammar;
    this.valueBytes = bytes;
    this.valueStart = pieces[0]!;
    this.valueEnd = pieces[1]!;
    if (pieceNumbers > 3) this.joinPieces(bytes);
    const { valueBytes } = this;
    while (this.valueStart < this.valueEnd && isSpace(valueBytes[this.valueStart]!)) {
      this.valueStart++;
    }
    while (this.valueEnd > this.valueStart && isSpace(valueBytes[this.valueEnd - 1]!)) {
      this.valueEnd--;
    }
  }

  private joinPieces(bytes: Uint8Array): void {
    const { pieces, pieceNumbers } = this.grammar;
    let length = 0;
    for (let i = 0; i < pieceNumbers; i += 3) length += pieces[i + 1]! - pieces[i]! + 1;
    const joined = new Uint8Array(length);
    let next = 0;
    for (let i = 0; i < pieceNumbers; i += 3) {
      if (next > 0) joined[next++] = pieces[i + 2]!;
      joined.set(bytes.subarray(pieces[i]!, pieces[i + 1]!), next);
      next += pieces[i + 1]! - pieces[i]!;
    }
    this.valueBytes = joined;
    this.valueStart = 0;
    this.valueEnd = next;
  }

  /** False when there are too many. */
  private addField(bytes: Uint8Array): boolean {
    const { message, grammar } = this;
    this.noteFlaws(grammar.flaws);
    let { nameStart, nameEnd } = grammar;
    while (nameStart < nameEnd && isSpace(bytes[nameStart]!)) nameStart++;
    while (nameEnd > nameStart && isSpace(bytes[nameEnd - 1]!)) nameEnd--;
    this.findValue(bytes);
    const { options } = this.transaction;
    const lowerName = options.tokens.lower(bytes, nameStart, nameEnd);
    const known = message.fieldNamed(lowerName);
    if (known !== null) return this.addValue(known);
    if (message.fields.length > options.headersMax) {
      this.note("request_too_many_headers", "response_too_many_headers");
      return false;
    }
    const field = new HeaderField(lowerName, bytes, nameStart, nameEnd);
    field.setValue(this.valueBytes, this.valueStart, this.valueEnd);
    message.addField(field);
    return true;
  }

  /** A field that was there before. */
  private addValue(known: HeaderField): true {
    if (known.count === 1) {
      this.note("request_header_repetition", "response_header_repetition");
    } else if (this.repetitions++ >= REPETITIONS_MAX) return true;
    known.count++;
    const value = this.valueBytes.subarray(this.valueStart, this.valueEnd);
    if (known.lowerName === "content-length") this.compareLength(known.value, value);
    else known.setValue(joinBytes(known.value, JOIN, value));
    return true;
  }

  private noteFlaws(flaws: number): void {
    if (flaws === 0) return;
    const { missingColon, emptyName, blankBeforeName, blankAfterName, oddName } = HeaderFlaw;
    if ((flaws & blankBeforeName) !== 0) {
      this.note("invalid_request_field_folding", "invalid_response_field_folding");
    }
    if ((flaws & emptyName) !== 0) {
      this.note("request_invalid_empty_name", "response_invalid_empty_name");
    }
    if ((flaws & blankAfterName) !== 0) {
      this.note("request_invalid_lws_after_name", "response_invalid_lws_after_name");
    }
    if ((flaws & oddName) !== 0) {
      this.note("request_header_invalid", "response_header_name_not_token");
    }
    if ((flaws & missingColon) !== 0) {
      this.note("request_field_missing_colon", "response_field_missing_colon");
    }
  }

  /** The first length counts. */
  private compareLength(known: Uint8Array, value: Uint8Array): void {
    const before = parseLength(known);
    if (before >= 0 && before === parseLength(value)) return;
    this.note(
      "duplicate_content_length_field_in_request",
      "duplicate_content_length_field_in_response",
    );
  }

  private note(request: HttpEventName, response: HttpEventName): void {
    this.transaction.note(this.isRequest ? request : response);
  }
}

/** The largest length is that of 64 bits. */
const LENGTH_LAST = 0xffff_ffff_ffff_ffffn;

/**
 * A Content-Length; -1 when there is no number in it, or one of more than 64 bits. Junk around the digits is
 * passed over; more than the safe integers is the largest of those.
 */
export function parseLength(value: Uint8Array): number {
  let at = 0;
  while (at < value.length && !isDigit(value[at]!)) at++;
  if (at === value.length) return -1;
  const start = at;
  let length = 0;
  for (; at < value.length && isDigit(value[at]!); at++) length = length * 10 + (value[at]! - 0x30);
  if (length <= Number.MAX_SAFE_INTEGER) return length;
  if (length > 2 ** 64) return -1;
  const exact = BigInt(latinText(value.slice(start, at)));
  return exact > LENGTH_LAST ? -1 : Number.MAX_SAFE_INTEGER;
}

/** What stands around the digits of a Content-Length. */
export function noteLengthJunk(transaction: Http1Transaction, value: Uint8Array): void {
  const first = value.findIndex(isDigit);
  if (first < 0) return;
  if (first > 0) transaction.note("content_length_extra_data_start");
  let at = first;
  while (at < value.length && isDigit(value[at]!)) at++;
  if (at < value.length) transaction.note("content_length_extra_data_end");
}

export function isDigit(byte: number): boolean {
  return byte >= 0x30 && byte <= 0x39;
}
