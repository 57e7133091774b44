/** Bytes that wait for the ones behind them: grows at the end, is taken from at the start; linear in all. */
const FIRST_CAPACITY_BYTES = 256;

export class HeldBytes {
  /** What is held lies in [0, length). */
  bytes: Uint8Array = new Uint8Array(0);
  length = 0;

  append(bytes: Uint8Array, start: number, end: number): void {
    if (end <= start) return;
    const needed = this.length + (end - start);
    if (needed > this.bytes.length) {
      const grown = new Uint8Array(Math.max(needed, 2 * this.bytes.length, FIRST_CAPACITY_BYTES));
      grown.set(this.bytes.subarray(0, this.length));
      this.bytes = grown;
    }
    this.bytes.set(bytes.subarray(start, end), this.length);
    this.length = needed;
  }

  /** Takes `count` bytes away from the start; gives the memory back when none are left. */
  drop(count: number): void {
    if (count === 0) return;
    this.bytes.copyWithin(0, count, this.length);
    this.length -= count;
    if (this.length === 0) this.bytes = new Uint8Array(0);
  }
}
