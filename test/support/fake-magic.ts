/** A library of three kinds of files in place of libmagic; keeps what it was asked. */
import { latin1ToBytes } from "../../src/core/bytes/latin1.ts";
import type { MagicLibrary } from "../../src/core/protocols/file-magic.ts";

export class FakeMagic implements MagicLibrary {
  remedy: string | null = null;
  isWanted = false;
  tellsAll = false;
  /** Bytes of each lookup as latin-1. */
  readonly asked: string[] = [];

  get lookups(): number {
    return this.asked.length;
  }

  want(): void {
    this.isWanted = true;
  }

  describe(bytes: Uint8Array, start: number, end: number): Uint8Array | null {
    const text = Buffer.from(bytes.subarray(start, end)).toString("latin1");
    this.asked.push(text);
    if (text.startsWith("%PDF-")) return latin1ToBytes(`PDF document, version ${text.slice(5, 8)}`);
    return latin1ToBytes(text.startsWith("GIF89a") ? "GIF image data, 1 x 1" : "data");
  }
}
