/**
 * A dense Aho-Corasick automaton in TypeScript, the usual way to search many patterns: the mark to
 * beat.
 */
import type { RealPattern } from "../../test/core/match/real-patterns.ts";

export class AhoCorasick {
  private readonly patterns: readonly RealPattern[];
  private readonly goto: Int32Array;
  /** Range of `outputs` for each state. */
  private readonly outputStarts: Int32Array;
  private readonly outputs: Int32Array;
  private readonly stamps: Int32Array;
  private generation = 0;

  constructor(patterns: readonly RealPattern[]) {
    this.patterns = patterns;
    const stateLimit = 1 + patterns.reduce((sum, pattern) => sum + pattern.bytes.length, 0);
    const next = new Int32Array(stateLimit * 256);
    const ends: number[][] = [[]];
    patterns.forEach(({ bytes }, index) => {
      let state = 0;
      for (const byte of bytes) {
        const at = state * 256 + lower(byte);
        if (next[at] === 0) next[at] = ends.push([]) - 1;
        state = next[at] ?? 0;
      }
      ends[state]?.push(index);
    });
    link(next, ends);
    this.goto = next.subarray(0, ends.length * 256);
    for (let row = 0; row < this.goto.length; row += 256) {
      for (let byte = 65; byte <= 90; byte++)
        this.goto[row + byte] = this.goto[row + byte + 32] ?? 0;
    }
    this.outputStarts = new Int32Array(ends.length + 1);
    ends.forEach((list, state) => {
      this.outputStarts[state + 1] = (this.outputStarts[state] ?? 0) + list.length;
    });
    this.outputs = Int32Array.from(ends.flat());
    this.stamps = new Int32Array(patterns.length);
  }

  /** Count of the distinct patterns in the range, each verified with its case. */
  search(bytes: Uint8Array, start: number, end: number): number {
    const { goto, outputStarts, outputs, stamps } = this;
    const generation = ++this.generation;
    let found = 0;
    let state = 0;
    for (let at = start; at < end; at++) {
      state = goto[state * 256 + bytes[at]!]!;
      for (let output = outputStarts[state]!; output < outputStarts[state + 1]!; output++) {
        const index = outputs[output]!;
        if (stamps[index] === generation || !this.isExact(index, bytes, at + 1)) continue;
        stamps[index] = generation;
        found++;
      }
    }
    return found;
  }

  private isExact(index: number, bytes: Uint8Array, end: number): boolean {
    const pattern = this.patterns[index]!;
    if (pattern.nocase) return true;
    const start = end - pattern.bytes.length;
    for (let place = 0; place < pattern.bytes.length; place++) {
      if (pattern.bytes[place] !== bytes[start + place]) return false;
    }
    return true;
  }
}

function link(next: Int32Array, ends: number[][]): void {
  const fail = new Int32Array(ends.length);
  const queue: number[] = [];
  for (let byte = 0; byte < 256; byte++) if (next[byte]! !== 0) queue.push(next[byte]!);
  for (let head = 0; head < queue.length; head++) {
    const state = queue[head]!;
    for (let byte = 0; byte < 256; byte++) {
      const child = next[state * 256 + byte]!;
      const other = next[fail[state]! * 256 + byte]!;
      if (child === 0) {
        next[state * 256 + byte] = other;
        continue;
      }
      fail[child] = other;
      ends[child]?.push(...(ends[other] ?? []));
      queue.push(child);
    }
  }
}

function lower(byte: number): number {
  return byte >= 65 && byte <= 90 ? byte + 32 : byte;
}
