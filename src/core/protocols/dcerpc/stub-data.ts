/** The stub data of one direction of a call, put together from its fragments. */

/** Bytes kept of one direction of a call; of what follows only the number is known. */
export const STUB_BYTES_MAX = 1024 * 1024;

const EMPTY = new Uint8Array(0);

export class StubData {
  /** Bytes [0, length) of it are the data. */
  bytes: Uint8Array = EMPTY;
  length = 0;
  /** Bytes that came, those not kept included. */
  totalBytes = 0;
  fragmentCount = 0;

  addFragment(bytes: Uint8Array, start: number, end: number): void {
    this.fragmentCount++;
    this.totalBytes += end - start;
    const kept = Math.min(end - start, STUB_BYTES_MAX - this.length);
    if (kept <= 0) return;
    this.makeRoom(this.length + kept);
    for (let i = 0; i < kept; i++) this.bytes[this.length + i] = bytes[start + i]!;
    this.length += kept;
  }

  private makeRoom(needed: number): void {
    if (needed <= this.bytes.length) return;
    const grown = new Uint8Array(this.length === 0 ? needed : Math.max(needed, 2 * this.length));
    grown.set(this.bytes.subarray(0, this.length));
    this.bytes = grown;
  }
}
