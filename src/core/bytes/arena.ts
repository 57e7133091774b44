/**
 * The one byte arena of an engine: capture chunks, stream blocks, normalised buffers and matcher tables
 * live in a single WebAssembly memory, so that the kernels scan the same bytes with no copy.
 *
 * The memory is created at its final size and never grows, because growth detaches views. Its pages cost
 * nothing until they are touched (measured: 2 GiB in 0.2 ms), so size it by the limits, not by the load.
 */
import { assert } from "./assert.ts";

const PAGE_BYTES = 65_536;

/** Bytes past any range that a SIMD load may read; every allocation is followed by this much padding. */
export const ARENA_PADDING_BYTES = 64;

/** Bytes at the start of the arena that belong to the kernels' own static data. */
export const KERNEL_RESERVED_BYTES = 65_536;

/** A range of another arena that becomes one of its own. */
export interface ArenaPart {
  readonly whole: Arena;
  readonly start: number;
  readonly end: number;
}

export class Arena {
  readonly memory: WebAssembly.Memory;
  readonly bytes: Uint8Array;
  private readonly first: number;
  private readonly end: number;
  private next: number;

  constructor(limitBytes: number | ArenaPart) {
    if (typeof limitBytes === "number") {
      const pages = Math.ceil(limitBytes / PAGE_BYTES) + 1;
      this.memory = new WebAssembly.Memory({ initial: pages, maximum: pages });
      this.bytes = new Uint8Array(this.memory.buffer);
      this.first = KERNEL_RESERVED_BYTES;
      this.end = this.bytes.length;
    } else {
      const { whole, start, end } = limitBytes;
      this.memory = whole.memory;
      this.bytes = whole.bytes;
      this.first = start;
      this.end = end;
    }
    this.next = this.first;
  }

  /**
   * An arena over `byteLength` bytes of this one, which `reset` empties: for engines that follow each other over
   * one rule set.
   */
  section(byteLength: number): Arena {
    const start = this.allocate(byteLength);
    return new Arena({ whole: this, start, end: start + byteLength });
  }

  /** Takes back all that was handed out; bytes handed out again are not zero. */
  reset(): void {
    this.next = this.first;
  }

  /** As reset, and what is handed out again is zero: for rule sets that follow each other. */
  clear(): void {
    this.bytes.fill(0, this.first, Math.min(this.next, this.end));
    this.next = this.first;
  }

  /** Offset of `byteLength` fresh zero bytes, aligned to 16; they are never given back. Throws when full. */
  allocate(byteLength: number): number {
    const offset = this.next;
    const end = offset + byteLength + ARENA_PADDING_BYTES;
    assert(end <= this.end, "the byte arena is full");
    this.next = (end + 15) & ~15;
    return offset;
  }

  /** Bytes handed out so far, the kernels' own included. */
  get usedBytes(): number {
    return this.next;
  }

  get limitBytes(): number {
    return this.end;
  }
}
