/**
 * Lists of digests that rules name: one in hexadecimal at the beginning of each line, as md5sum writes them; what
 * follows it on the line is left out. Lines that are empty or begin with white space or `#` are comments.
 */
import { bytesToHex } from "../../bytes/hex.ts";

const LINE_FEED = 0x0a;

export class DigestList {
  private readonly digests = new Set<string>();

  get size(): number {
    return this.digests.size;
  }

  has(digest: Uint8Array): boolean {
    return this.digests.has(bytesToHex(digest, 0, digest.length));
  }

  /** Reads a list; a text is the line that is none of `digestBytes` bytes, with its number. */
  static read(text: Uint8Array, digestBytes: number): DigestList | string {
    const list = new DigestList();
    let number = 1;
    for (let start = 0; start < text.length; number++) {
      const feed = text.indexOf(LINE_FEED, start);
      const end = feed < 0 ? text.length : feed;
      if (!isComment(text, start, end)) {
        const digest = digestAt(text, start, Math.min(end, start + 2 * digestBytes));
        if (digest.length !== 2 * digestBytes) return `line ${number}: "${digest}"`;
        list.digests.add(digest);
      }
      start = end + 1;
    }
    return list;
  }
}

function isComment(text: Uint8Array, start: number, end: number): boolean {
  const first = start < end ? text[start]! : 0x20;
  return first === 0x23 || first <= 0x20;
}

/** The hexadecimal digits at `start`, in lower case. */
function digestAt(text: Uint8Array, start: number, end: number): string {
  let digest = "";
  for (let at = start; at < end; at++) {
    const character = String.fromCharCode(text[at]!);
    if (!/[0-9a-f]/i.test(character)) break;
    digest += character.toLowerCase();
  }
  return digest;
}
