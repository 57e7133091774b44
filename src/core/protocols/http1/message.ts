/**
 * One HTTP/1 message, a request or a response, as far as it has come: its first line, its header fields with
 * repetitions joined, its body.
 */
import type { ArrayPool } from "../../bytes/array-pool.ts";
import { bytesToLatin1 } from "../../bytes/latin1.ts";
import { StreamedBody } from "../body.ts";
import type { BufferView } from "../buffer.ts";
import type { HeaderField } from "./header-field.ts";

/** A part of the header block, in [start, end). */
export interface RawPiece {
  readonly bytes: Uint8Array;
  readonly start: number;
  readonly end: number;
}

const NO_PIECES: readonly RawPiece[] = [];
/** With more fields than this their names are found by a table. */
const LISTED_FIELDS_MAX = 24;

export class HttpMessage {
  /** The first line without its end; null until it has come. */
  line: Uint8Array | null = null;
  /** As written, "HTTP/1.1"; null when the line has none. */
  protocol: Uint8Array | null = null;
  /** 9, 10, 11; 0 when it is unknown. */
  version = 0;
  readonly fields: HeaderField[] = [];
  /** Grows whenever fields were added: what was made of them is old. */
  fieldsChanged = 0;
  private byName: Map<string, HeaderField> | null = null;
  /** The header block as it was on the wire, with the empty line that ends it, in pieces as they came. */
  rawPieces: readonly RawPiece[] = NO_PIECES;
  hasHeaders = false;
  /** What the body became after its encodings were undone, up to the configured limit. */
  readonly body: StreamedBody;
  /** Bytes of the body on the wire, chunk lines left out. */
  bodyBytes = 0;
  /** Bytes that came out of decoding. */
  decodedBytes = 0;
  hasBody = false;
  isComplete = false;

  constructor(arrays: ArrayPool | null = null) {
    this.body = new StreamedBody(arrays);
  }

  /** The first field of a name, zero bytes in names passed over. */
  field(lowerName: string): HeaderField | null {
    const { fields } = this;
    for (let i = 0; i < fields.length; i++) {
      if (fields[i]!.plainName === lowerName) return fields[i]!;
    }
    return null;
  }

  value(lowerName: string): Uint8Array | null {
    return this.field(lowerName)?.value ?? null;
  }

  /** Shows the value of a field; false when there is none. */
  view(lowerName: string, view: BufferView): boolean {
    return this.field(lowerName)?.view(view) ?? false;
  }

  /** The field of exactly this name, but for case. */
  fieldNamed(lowerName: string): HeaderField | null {
    const { fields } = this;
    if (fields.length > LISTED_FIELDS_MAX) return this.table().get(lowerName) ?? null;
    for (let i = 0; i < fields.length; i++) {
      if (fields[i]!.lowerName === lowerName) return fields[i]!;
    }
    return null;
  }

  addField(field: HeaderField): void {
    this.fields.push(field);
    this.byName?.set(field.lowerName, field);
  }

  private table(): Map<string, HeaderField> {
    this.byName ??= new Map(this.fields.map((field) => [field.lowerName, field]));
    return this.byName;
  }

  get rawHeaders(): Uint8Array {
    const { rawPieces } = this;
    return joinBytes(...rawPieces.map(({ bytes, start, end }) => bytes.subarray(start, end)));
  }

  viewRawHeaders(view: BufferView): boolean {
    const [only] = this.rawPieces;
    if (only === undefined || this.rawPieces.length > 1) return view.set(this.rawHeaders);
    return view.setRange(only.bytes, only.start, only.end);
  }
}

export const EMPTY = new Uint8Array(0);

/** Latin-1 text of [start, end) in lower case. */
export function lowerText(bytes: Uint8Array, start = 0, end = bytes.length): string {
  let text = "";
  for (let i = start; i < end; i++) {
    const byte = bytes[i]!;
    text += String.fromCharCode(byte >= 0x41 && byte <= 0x5a ? byte | 0x20 : byte);
  }
  return text;
}

export function latinText(bytes: Uint8Array): string {
  return bytesToLatin1(bytes, 0, bytes.length);
}

export function joinBytes(...parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

/** Space, tab and the line characters. */
export function isSpace(byte: number): boolean {
  return byte === 0x20 || (byte >= 0x09 && byte <= 0x0d);
}

/** Space and tab, as in the middle of header lines. */
export function isBlank(byte: number): boolean {
  return byte === 0x20 || byte === 0x09;
}

export function trimmed(bytes: Uint8Array, from: number, to: number): Uint8Array {
  let start = from;
  let end = to;
  while (start < end && isSpace(bytes[start]!)) start++;
  while (end > start && isSpace(bytes[end - 1]!)) end--;
  return bytes.slice(start, end);
}

/** Latin-1 text in lower case, zero bytes left out: browsers pass over them. */
export function plainText(bytes: Uint8Array): string {
  return lowerText(bytes).replaceAll("\0", "");
}

/** The end of a line without the line characters there. */
export function endWithoutBreak(bytes: Uint8Array, start: number, end: number): number {
  let last = end;
  while (last > start && (bytes[last - 1] === 0x0a || bytes[last - 1] === 0x0d)) last--;
  return last;
}
