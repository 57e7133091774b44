/**
 * The header fields of one part, line by line (RFC 5322 §2.2). Folded lines are joined without the white space
 * that folds them, as Suricata has it.
 */
import { findByte } from "../../bytes/find-byte.ts";
import { bytesToLatin1 } from "../../bytes/latin1.ts";
import { skipSpace } from "./header-parameters.ts";
import { FIELDS_MAX, HEADER_BYTES_MAX, type MimeField } from "./message.ts";

const COLON = 0x3a;
const SPACE = 0x20;
const TAB = 0x09;
const NAME_BYTES_USUAL = 75;
const VALUE_BYTES_USUAL = 2000;

interface OpenField {
  readonly name: string;
  readonly parts: Uint8Array[];
}

export class HeaderReader {
  /** A name or value was longer than usual, since this was last cleared. */
  hasLongName = false;
  hasLongValue = false;
  private fields: OpenField[] = [];
  private bytesKept = 0;

  /** A line without its end that is not empty. */
  line(bytes: Uint8Array, start: number, end: number): void {
    const isFolded = this.fields.length > 0 && (bytes[start] === SPACE || bytes[start] === TAB);
    if (isFolded) this.fold(bytes, start + 1, end);
    else this.begin(bytes, start, end);
  }

  /** The fields so far; begins anew. */
  take(): readonly MimeField[] {
    const taken = this.fields.map(({ name, parts }) => ({ name, value: joined(parts) }));
    this.fields = [];
    this.bytesKept = 0;
    return taken;
  }

  private begin(bytes: Uint8Array, start: number, end: number): void {
    const colon = findByte(bytes, COLON, start, end);
    if (colon < 0) return;
    if (colon - start > NAME_BYTES_USUAL) this.hasLongName = true;
    const valueStart = skipSpace(bytes, colon + 1, end);
    if (end - valueStart > VALUE_BYTES_USUAL) this.hasLongValue = true;
    if (this.fields.length >= FIELDS_MAX || !this.admits(end - start)) return;
    const name = bytesToLatin1(bytes, start, colon).toLowerCase();
    this.fields.push({ name, parts: [bytes.slice(valueStart, end)] });
  }

  private fold(bytes: Uint8Array, start: number, end: number): void {
    const last = this.fields[this.fields.length - 1];
    if (last !== undefined && this.admits(end - start)) last.parts.push(bytes.slice(start, end));
  }

  private admits(byteLength: number): boolean {
    if (this.bytesKept + byteLength > HEADER_BYTES_MAX) {
      this.hasLongValue = true;
      return false;
    }
    this.bytesKept += byteLength;
    return true;
  }
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  if (parts.length === 1) return parts[0]!;
  const whole = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
