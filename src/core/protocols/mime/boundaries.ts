/**
 * Boundaries of the multiparts that are open, innermost last (RFC 2046 §5.1). The innermost is recognised by its
 * beginning, as Suricata does it; an outer one, which ends all within it, only when nothing but white space or
 * the closing hyphens follow.
 */
import { trimEnd } from "./header-parameters.ts";

/** Multiparts within multiparts; those deeper are not taken apart. */
export const NESTING_MAX = 64;

const HYPHEN = 0x2d;

export class Boundaries {
  private readonly open: Uint8Array[] = [];

  /** False when there are too many. */
  push(boundary: Uint8Array): boolean {
    if (this.open.length >= NESTING_MAX) return false;
    const line = new Uint8Array(boundary.length + 2);
    line[0] = line[1] = HYPHEN;
    line.set(boundary, 2);
    this.open.push(line);
    return true;
  }

  /** Tells whether a line is a boundary; closes the multiparts that it ends. */
  match(bytes: Uint8Array, start: number, end: number): boolean {
    const { open } = this;
    if (open.length === 0 || end - start < 2) return false;
    if (bytes[start] !== HYPHEN || bytes[start + 1] !== HYPHEN) return false;
    for (let level = open.length - 1; level >= 0; level--) {
      const boundary = open[level]!;
      const isInner = level === open.length - 1;
      if (!startsWith(bytes, start, end, boundary)) continue;
      const after = start + boundary.length;
      const isClosing = end >= after + 2 && bytes[after] === HYPHEN && bytes[after + 1] === HYPHEN;
      if (!isInner && !isClosing && trimEnd(bytes, after, end) !== after) continue;
      open.length = isClosing ? level : level + 1;
      return true;
    }
    return false;
  }
}

function startsWith(bytes: Uint8Array, start: number, end: number, wanted: Uint8Array): boolean {
  if (end - start < wanted.length) return false;
  for (let i = 0; i < wanted.length; i++) if (bytes[start + i] !== wanted[i]) return false;
  return true;
}
