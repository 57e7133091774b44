/**
 * What MD5, SHA-1 and SHA-256 share: bytes come in pieces of any size and are worked in blocks of 64, the end
 * is padded with the length in bits (Merkle-Damgård). One object hashes many messages one after another.
 *
 * @hotpath
 */
const BLOCK_BYTES = 64;
const LENGTH_OFFSET = 56;

export abstract class BlockHash {
  /** Bytes of a digest. */
  readonly digestLength: number;
  protected readonly state: Int32Array;
  private readonly initial: readonly number[];
  private readonly isLittleEndian: boolean;
  private readonly block = new Uint8Array(BLOCK_BYTES);
  private filled = 0;
  private total = 0;

  protected constructor(initial: readonly number[], order: "big" | "little") {
    this.initial = initial;
    this.state = Int32Array.from(initial);
    this.isLittleEndian = order === "little";
    this.digestLength = initial.length * 4;
  }

  /** Works the 64 bytes at `at` into the state. */
  protected abstract compress(bytes: Uint8Array, at: number): void;

  /** Adds the bytes in [start, end) to the message. */
  update(bytes: Uint8Array, start: number, end: number): void {
    this.total += end - start;
    let at = start;
    if (this.filled > 0) {
      at += this.fill(bytes, start, end);
      if (this.filled < BLOCK_BYTES) return;
      this.compress(this.block, 0);
      this.filled = 0;
    }
    for (; at + BLOCK_BYTES <= end; at += BLOCK_BYTES) this.compress(bytes, at);
    this.fill(bytes, at, end);
  }

  /** Ends the message, writes its digest at `at` and begins a new message. */
  digest(out: Uint8Array, at: number): void {
    const { block, state, total } = this;
    block[this.filled++] = 0x80;
    if (this.filled > LENGTH_OFFSET) {
      block.fill(0, this.filled);
      this.compress(block, 0);
      this.filled = 0;
    }
    block.fill(0, this.filled);
    this.writeWord(
      block,
      LENGTH_OFFSET + (this.isLittleEndian ? 0 : 4),
      (total % 0x2000_0000) << 3,
    );
    this.writeWord(block, LENGTH_OFFSET + (this.isLittleEndian ? 4 : 0), total / 0x2000_0000);
    this.compress(block, 0);
    for (let index = 0; index < state.length; index++) {
      this.writeWord(out, at + index * 4, state[index]!);
    }
    this.reset();
  }

  /** Forgets what was added. */
  reset(): void {
    for (let index = 0; index < this.state.length; index++)
      this.state[index] = this.initial[index]!;
    this.filled = this.total = 0;
  }

  private fill(bytes: Uint8Array, start: number, end: number): number {
    const count = Math.min(end - start, BLOCK_BYTES - this.filled);
    for (let index = 0; index < count; index++) {
      this.block[this.filled + index] = bytes[start + index]!;
    }
    this.filled += count;
    return count;
  }

  private writeWord(out: Uint8Array, at: number, word: number): void {
    for (let index = 0; index < 4; index++) {
      const place = this.isLittleEndian ? at + index : at + 3 - index;
      out[place] = (word >>> (index * 8)) & 255;
    }
  }
}
