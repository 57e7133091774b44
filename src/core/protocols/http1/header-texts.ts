/** The header of a message in the forms that rules look into, each made at most once while no field is added. */
import type { ByteSlab } from "../../bytes/byte-slab.ts";
import type { BufferView } from "../buffer.ts";
import type { HttpMessage } from "./message.ts";

const CR = 0x0d;
const LF = 0x0a;

/** A form of the header, and of which state of the message. */
export class HeaderText {
  private bytes: Uint8Array = new Uint8Array(0);
  private start = 0;
  private end = 0;
  private version = -1;

  view(view: BufferView): boolean {
    return view.setRange(this.bytes, this.start, this.end);
  }

  isOf(message: HttpMessage): boolean {
    return this.version === message.fieldsChanged;
  }

  /** Room for so many bytes in the slab. */
  begin(slab: ByteSlab, length: number, message: HttpMessage): Uint8Array {
    this.start = slab.reserve(length);
    this.bytes = slab.bytes;
    this.end = this.start + length;
    this.version = message.fieldsChanged;
    return this.bytes;
  }

  get first(): number {
    return this.start;
  }
}

/** All fields but those of one name, one a line. */
export function writeLines(
  text: HeaderText,
  message: HttpMessage,
  slab: ByteSlab,
  leftOut: string,
): void {
  const { fields } = message;
  let length = 0;
  for (let i = 0; i < fields.length; i++) {
    if (fields[i]!.lowerName !== leftOut) length += fields[i]!.lineBytes + 2;
  }
  const bytes = text.begin(slab, length, message);
  let at = text.first;
  for (let i = 0; i < fields.length; i++) {
    if (fields[i]!.lowerName === leftOut) continue;
    at = writeBreak(bytes, fields[i]!.writeLine(bytes, at));
  }
}

/** The names, a line end before, between and behind them, and one more. */
export function writeNames(text: HeaderText, message: HttpMessage, slab: ByteSlab): void {
  const { fields } = message;
  let length = 4;
  for (let i = 0; i < fields.length; i++) {
    length += fields[i]!.nameEnd - fields[i]!.nameStart + 2;
  }
  const bytes = text.begin(slab, length, message);
  let at = writeBreak(bytes, text.first);
  for (let i = 0; i < fields.length; i++) at = writeBreak(bytes, fields[i]!.writeName(bytes, at));
  writeBreak(bytes, at);
}

/** The first line and all fields, with the empty line behind them. */
export function writeStart(
  text: HeaderText,
  message: HttpMessage,
  line: Uint8Array,
  slab: ByteSlab,
): void {
  const { fields } = message;
  let length = line.length + 4;
  for (let i = 0; i < fields.length; i++) length += fields[i]!.lineBytes + 2;
  const bytes = text.begin(slab, length, message);
  bytes.set(line, text.first);
  let at = writeBreak(bytes, text.first + line.length);
  for (let i = 0; i < fields.length; i++) at = writeBreak(bytes, fields[i]!.writeLine(bytes, at));
  writeBreak(bytes, at);
}

function writeBreak(bytes: Uint8Array, at: number): number {
  bytes[at] = CR;
  bytes[at + 1] = LF;
  return at + 2;
}
