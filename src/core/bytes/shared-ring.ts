/**
 * Records of numbers from one thread to all others, in shared memory: each thread writes a ring of its own and reads
 * those of the others. Nobody waits: a reader that falls behind by more than the ring holds loses records, which it
 * counts.
 *
 * @hotpath
 */

/** Records that a ring holds; a power of two. */
const RECORDS = 65_536;
/** Numbers of a record. */
export const RECORD_NUMBERS = 24;
/** The head has a cache line of its own. */
const HEAD_BYTES = 64;
/** Records before the writer's place that are not read any more: it may be writing them. */
const MARGIN = 16;

export function createSharedRing(): SharedArrayBuffer {
  return new SharedArrayBuffer(HEAD_BYTES + RECORDS * RECORD_NUMBERS * 8);
}

export class SharedRings {
  /** The record to send, or the one that was received. */
  readonly outgoing = new Float64Array(RECORD_NUMBERS);
  readonly incoming = new Float64Array(RECORD_NUMBERS);
  /** By the first number of a record, who takes it in: it is in `incoming` during the call. */
  readonly hear: (((record: Float64Array) => void) | undefined)[] = [];
  lost = 0;
  received = 0;
  private readonly own: number;
  private readonly heads: readonly Int32Array[];
  private readonly records: readonly Float64Array[];
  /** How far each ring was read. */
  private readonly read: Int32Array;

  /** @param own index of the ring that this thread writes. */
  constructor(memory: readonly SharedArrayBuffer[], own: number) {
    this.own = own;
    this.heads = memory.map((ring) => new Int32Array(ring, 0, 1));
    this.records = memory.map((ring) => new Float64Array(ring, HEAD_BYTES));
    this.read = Int32Array.from(this.heads, (head) => Atomics.load(head, 0));
  }

  /** Sends `outgoing` to all others. */
  send(): void {
    const head = this.heads[this.own]!;
    const place = head[0]!;
    this.records[this.own]!.set(this.outgoing, (place & (RECORDS - 1)) * RECORD_NUMBERS);
    Atomics.store(head, 0, (place + 1) | 0);
  }

  /** Takes in all that others sent; cheap when there is nothing. */
  poll(): void {
    while (this.receive()) this.hear[this.incoming[0]!]?.(this.incoming);
  }

  /** Fills `incoming` with a record of another thread; false when there is none. */
  private receive(): boolean {
    for (let ring = 0; ring < this.heads.length; ring++) {
      if (ring === this.own) continue;
      const head = this.heads[ring]!;
      while (Atomics.load(head, 0) !== this.read[ring]!) {
        if (this.take(ring, head)) return true;
      }
    }
    return false;
  }

  /** False: it was overwritten. */
  private take(ring: number, head: Int32Array): boolean {
    const { read, incoming } = this;
    const records = this.records[ring]!;
    const place = read[ring]!;
    const base = (place & (RECORDS - 1)) * RECORD_NUMBERS;
    for (let i = 0; i < RECORD_NUMBERS; i++) incoming[i] = records[base + i]!;
    const behind = (Atomics.load(head, 0) - place) | 0;
    if (behind <= RECORDS - MARGIN) {
      read[ring] = (place + 1) | 0;
      this.received++;
      return true;
    }
    const skipped = behind - RECORDS / 2;
    read[ring] = (place + skipped) | 0;
    this.lost += skipped;
    return false;
  }
}
