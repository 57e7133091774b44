/**
 * One HTTP/1 message, a request or a response, as far as it has come: its first line, its header fields with
 * repetitions joined, its body.
 */
import { StreamedBody } from "../body.ts";

export interface HeaderField {
  /** As written, white space around it removed. */
  readonly name: Uint8Array;
  /** Repeated fields joined with ", ". */
  value: Uint8Array;
  readonly lowerName: string;
  count: number;
}

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
  private readonly byName = new Map<string, HeaderField>();
  /** The first field of each name, zero bytes in names passed over. */
  private readonly byPlainName = new Map<string, HeaderField>();
  /** The header block as it was on the wire, with the empty line that ends it. */
  rawHeaders: Uint8Array = EMPTY;
  hasHeaders = false;
  /** What the body became after its encodings were undone, up to the configured limit. */
  readonly body = new StreamedBody();
  /** Bytes of the body on the wire, chunk lines left out. */
  bodyBytes = 0;
  /** Bytes that came out of decoding. */
  decodedBytes = 0;
  hasBody = false;
  isComplete = false;

  field(lowerName: string): HeaderField | null {
    return this.byPlainName.get(lowerName) ?? null;
  }

  value(lowerName: string): Uint8Array | null {
    return this.byPlainName.get(lowerName)?.value ?? null;
  }

  /** The field of exactly this name, but for case. */
  fieldNamed(name: Uint8Array): HeaderField | null {
    return this.byName.get(lowerText(name)) ?? null;
  }

  addField(name: Uint8Array, value: Uint8Array): void {
    const lowerName = lowerText(name);
    const field = { name, value, lowerName, count: 1 };
    this.byName.set(lowerName, field);
    const plain = lowerName.replaceAll("\0", "");
    if (!this.byPlainName.has(plain)) this.byPlainName.set(plain, field);
    this.fields.push(field);
  }
}

export const EMPTY = new Uint8Array(0);

/** Latin-1 text in lower case. */
export function lowerText(bytes: Uint8Array): string {
  let text = "";
  for (let i = 0; i < bytes.length; i++) {
    const byte = bytes[i]!;
    text += String.fromCharCode(byte >= 0x41 && byte <= 0x5a ? byte | 0x20 : byte);
  }
  return text;
}

export function latinText(bytes: Uint8Array): string {
  let text = "";
  for (let i = 0; i < bytes.length; i++) text += String.fromCharCode(bytes[i]!);
  return text;
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
