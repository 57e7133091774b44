/** One header field of a message: where its name and value lie. Arrays are made only for those who ask. */
import type { BufferView } from "../buffer.ts";

export class HeaderField {
  readonly lowerName: string;
  /** The same, zero bytes left out: browsers pass over them. */
  readonly plainName: string;
  /** Fields of this name so far; their values are joined with ", ". */
  count = 1;
  bytes: Uint8Array;
  nameStart: number;
  nameEnd: number;
  valueBytes: Uint8Array;
  valueStart: number;
  valueEnd: number;

  constructor(lowerName: string, bytes: Uint8Array, nameStart: number, nameEnd: number) {
    this.lowerName = lowerName;
    this.plainName = lowerName.includes("\0") ? lowerName.replaceAll("\0", "") : lowerName;
    this.bytes = this.valueBytes = bytes;
    this.nameStart = nameStart;
    this.nameEnd = nameEnd;
    this.valueStart = this.valueEnd = nameEnd;
  }

  /** As written, white space around it removed. */
  get name(): Uint8Array {
    return this.bytes.subarray(this.nameStart, this.nameEnd);
  }

  get value(): Uint8Array {
    return this.valueBytes.subarray(this.valueStart, this.valueEnd);
  }

  setValue(bytes: Uint8Array, start = 0, end = bytes.length): void {
    this.valueBytes = bytes;
    this.valueStart = start;
    this.valueEnd = end;
  }

  /** The bytes that it lies in were copied, to places `shift` further. */
  move(from: Uint8Array, to: Uint8Array, shift: number): void {
    if (this.bytes === from) {
      this.bytes = to;
      this.nameStart += shift;
      this.nameEnd += shift;
    }
    if (this.valueBytes === from) this.setValue(to, this.valueStart + shift, this.valueEnd + shift);
  }

  /** Shows the value. */
  view(view: BufferView): boolean {
    return view.setRange(this.valueBytes, this.valueStart, this.valueEnd);
  }

  /** Length of "name: value". */
  get lineBytes(): number {
    return this.nameEnd - this.nameStart + 2 + (this.valueEnd - this.valueStart);
  }

  /** Writes "name: value"; returns the offset behind it. */
  writeLine(target: Uint8Array, at: number): number {
    let next = this.writeName(target, at);
    target[next++] = 0x3a;
    target[next++] = 0x20;
    const { valueBytes, valueEnd } = this;
    for (let i = this.valueStart; i < valueEnd; i++) target[next++] = valueBytes[i]!;
    return next;
  }

  writeName(target: Uint8Array, at: number): number {
    const { bytes, nameEnd } = this;
    let next = at;
    for (let i = this.nameStart; i < nameEnd; i++) target[next++] = bytes[i]!;
    return next;
  }
}
