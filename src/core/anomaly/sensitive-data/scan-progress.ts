/**
 * A scan that goes on over the windows of a stream or body: how many occurrences so far, and the last 128 bytes,
 * so that what a cut divides is found, and found once. Longer occurrences across a cut are missed. What touches
 * the end of a window counts: whether there is a next one is not known.
 *
 * Memory: 170 bytes for each stream in progress and pattern, freed with the flow.
 */
import type { SensitiveScanner } from "./scanner.ts";

/** Bytes of a window that are looked at again with the next one. */
export const SCAN_TAIL_BYTES = 128;

export class ScanProgress {
  count = 0;
  /** Offset in the stream behind the last byte that was looked at. */
  reached = 0;
  readonly tail = new Uint8Array(SCAN_TAIL_BYTES);
  tailLength = 0;
  /** An occurrence that was counted touches the end of the tail. */
  hasOpenEnd = false;
  /** What the bytes are of, in the owner's numbers. */
  private subject = -1;

  /** A count of its own for each subject (transaction); nothing happens while it stays the same. */
  follow(subject: number): void {
    if (subject === this.subject) return;
    this.subject = subject;
    this.count = 0;
    this.skipTo(0);
  }

  /** Bytes before `offset` are missing. */
  skipTo(offset: number): void {
    this.reached = offset;
    this.tailLength = 0;
    this.hasOpenEnd = false;
  }
}

/** A window of a stream: bytes [start, end), the first one `offset` bytes into it. */
export interface ScanWindow {
  readonly start: number;
  readonly end: number;
  readonly offset: number;
}

/** Scans windows; one for each engine, with room to join a tail and a window. */
export class WindowScanner {
  private joined = new Uint8Array(16_384);

  /** Occurrences in bytes that stand by themselves, counted up to `limit`. */
  countAll(
    scanner: SensitiveScanner,
    bytes: Uint8Array,
    start: number,
    end: number,
    limit: number,
  ): number {
    let count = 0;
    let from = start;
    while (count < limit && scanner.next(bytes, start, end, from)) {
      from = scanner.matchEnd;
      count++;
    }
    return count;
  }

  /** Adds what the window has beyond what was looked at before; returns how many occurrences are new. */
  advance(
    scanner: SensitiveScanner,
    progress: ScanProgress,
    bytes: Uint8Array,
    window: ScanWindow,
  ): number {
    if (window.offset > progress.reached) progress.skipTo(window.offset);
    // An overlapping window shows some bytes again.
    const start = window.start + (progress.reached - window.offset);
    if (start >= window.end) return 0;
    const length = this.join(progress, bytes, start, window.end);
    const found = this.countJoined(scanner, progress, length);
    progress.reached += window.end - start;
    this.keepTail(progress, length);
    progress.count += found;
    return found;
  }

  /** Counts what ends behind the tail; what goes on from an occurrence that was counted is no new one. */
  private countJoined(scanner: SensitiveScanner, progress: ScanProgress, length: number): number {
    const { tailLength, hasOpenEnd } = progress;
    let count = 0;
    let from = 0;
    progress.hasOpenEnd = false;
    while (scanner.next(this.joined, 0, length, from)) {
      from = scanner.matchEnd;
      if (from <= tailLength) continue;
      const isKnown = hasOpenEnd && scanner.matchStart < tailLength;
      if (!isKnown) count++;
      progress.hasOpenEnd = from === length;
    }
    return count;
  }

  private join(progress: ScanProgress, bytes: Uint8Array, start: number, end: number): number {
    const { tailLength, tail } = progress;
    const length = tailLength + (end - start);
    if (length > this.joined.length) this.joined = new Uint8Array(2 * length);
    const { joined } = this;
    for (let i = 0; i < tailLength; i++) joined[i] = tail[i]!;
    joined.set(bytes.subarray(start, end), tailLength);
    return length;
  }

  private keepTail(progress: ScanProgress, length: number): void {
    const kept = Math.min(SCAN_TAIL_BYTES, length);
    for (let i = 0; i < kept; i++) progress.tail[i] = this.joined[length - kept + i]!;
    progress.tailLength = kept;
  }
}
