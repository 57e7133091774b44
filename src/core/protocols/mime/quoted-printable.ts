/**
 * Quoted-printable (RFC 2045 §6.7) that comes in pieces of lines. An escape that is not one is left out and
 * noted; lower case digits are no escape, as in Suricata.
 *
 * @hotpath
 */

const EQUALS = 0x3d;

export class QuotedPrintableStream {
  /** An escape was wrong since this was last cleared. */
  isInvalid = false;
  /** Characters of an unfinished escape, 0 to 2, and the one after the equals sign. */
  private held = 0;
  private digit = 0;

  /** Decodes the text in [start, end) of a line into `out`; returns the bytes written, at most its length. */
  decode(bytes: Uint8Array, start: number, end: number, out: Uint8Array): number {
    let length = 0;
    for (let i = start; i < end; i++) {
      const byte = bytes[i]!;
      if (this.held === 0) {
        if (byte === EQUALS) this.held = 1;
        else out[length++] = byte;
      } else if (this.held === 1) {
        this.digit = byte;
        this.held = 2;
      } else {
        this.held = 0;
        const value = escaped(this.digit, byte);
        if (value < 0) this.isInvalid = true;
        else out[length++] = value;
      }
    }
    return length;
  }

  /** The line is over. True: its end is a part of the text; false after a soft line break. */
  endLine(): boolean {
    const { held } = this;
    this.held = 0;
    if (held === 2) this.isInvalid = true;
    return held !== 1;
  }
}

function escaped(high: number, low: number): number {
  const first = digitOf(high);
  const second = digitOf(low);
  return first < 0 || second < 0 ? -1 : (first << 4) | second;
}

function digitOf(byte: number): number {
  if (byte >= 0x30 && byte <= 0x39) return byte - 0x30;
  return byte >= 0x41 && byte <= 0x46 ? byte - 0x37 : -1;
}
