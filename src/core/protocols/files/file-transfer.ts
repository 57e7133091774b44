/**
 * Puts a file together from reads or writes at offsets. Pieces at or before the place reached go on at once (what
 * overlaps comes twice, as it came); pieces beyond wait until what is before them has come, within the limits of
 * their number and size.
 */
import { FileState, type TransactionFile } from "../file.ts";

/** Limits of what waits for one file; 0 switches one off. */
export interface QueueLimits {
  readonly queueMaxBytes: number;
  readonly queueMaxCount: number;
}

/** The protocol's events for a piece that is refused. */
export interface RefusalEvents {
  readonly size: number;
  readonly count: number;
}

const FIRST_PIECE_BYTES = 4096;

class WaitingPiece {
  readonly offset: number;
  /** Bytes that were announced; room is made for those that come. */
  readonly sizeBytes: number;
  length = 0;
  bytes = new Uint8Array(0);

  constructor(offset: number, sizeBytes: number) {
    this.offset = offset;
    this.sizeBytes = sizeBytes;
  }

  append(bytes: Uint8Array, start: number, end: number): void {
    this.makeRoom(this.length + end - start);
    this.bytes.set(bytes.subarray(start, end), this.length);
    this.length += end - start;
  }

  /** Zeros stand for bytes that were lost. */
  skip(byteLength: number): void {
    this.makeRoom(this.length + byteLength);
    this.length += byteLength;
  }

  private makeRoom(needed: number): void {
    if (needed <= this.bytes.length) return;
    const capacity = Math.max(needed, 2 * this.bytes.length, FIRST_PIECE_BYTES);
    const grown = new Uint8Array(Math.min(capacity, this.sizeBytes));
    grown.set(this.bytes.subarray(0, this.length));
    this.bytes = grown;
  }
}

export class FileTransfer {
  readonly file: TransactionFile;
  /** Bytes of the file up to the first that is missing. */
  reachedBytes = 0;
  /** Bytes of the piece under way that are still to come. */
  private pieceLeftBytes = 0;
  /** The piece under way waits; null: it goes on into the file. */
  private waitingPiece: WaitingPiece | null = null;
  private readonly waiting = new Map<number, WaitingPiece>();
  private waitingBytes = 0;

  constructor(file: TransactionFile) {
    this.file = file;
  }

  /** Bytes that wait for what is before them. */
  get queuedBytes(): number {
    return this.waitingBytes;
  }

  get isDone(): boolean {
    return this.file.state !== FileState.open;
  }

  /** Begins a piece of `sizeBytes` at an offset. Returns the event for which it is refused, or -1. */
  begin(offset: number, sizeBytes: number, limits: QueueLimits, refusals: RefusalEvents): number {
    this.endPiece();
    const { queueMaxBytes, queueMaxCount } = limits;
    if (queueMaxBytes !== 0 && this.waitingBytes + sizeBytes > queueMaxBytes) return refusals.size;
    if (queueMaxCount !== 0 && this.waiting.size >= queueMaxCount) return refusals.count;
    this.pieceLeftBytes = sizeBytes;
    if (offset > this.reachedBytes) {
      this.waitingPiece = new WaitingPiece(offset, sizeBytes);
      this.waitingBytes += sizeBytes;
      const before = this.waiting.get(offset);
      if (before !== undefined) this.waitingBytes -= before.sizeBytes;
      this.waiting.set(offset, this.waitingPiece);
    }
    return -1;
  }

  /** Bytes of the piece under way. */
  append(bytes: Uint8Array, start: number, end: number): void {
    const stop = Math.min(end, start + this.pieceLeftBytes);
    this.pieceLeftBytes -= stop - start;
    const piece = this.waitingPiece;
    if (piece === null) {
      this.file.append(bytes, start, stop);
      this.reachedBytes += stop - start;
    } else piece.append(bytes, start, stop);
    if (this.pieceLeftBytes === 0) this.completePiece();
  }

  /** Bytes of the piece under way that were lost. */
  gap(byteLength: number): void {
    const lost = Math.min(byteLength, this.pieceLeftBytes);
    this.pieceLeftBytes -= lost;
    const piece = this.waitingPiece;
    if (piece === null) {
      this.file.gap(lost);
      this.reachedBytes += lost;
    } else {
      this.file.hasGaps = true;
      piece.skip(lost);
    }
    if (this.pieceLeftBytes === 0) this.completePiece();
  }

  close(): void {
    this.endPiece();
    this.flush();
    this.file.close();
  }

  truncate(): void {
    this.flush();
    this.file.close(FileState.truncated);
  }

  /** A piece that never came to its end. */
  private endPiece(): void {
    if (this.pieceLeftBytes > 0) this.gap(this.pieceLeftBytes);
  }

  private completePiece(): void {
    this.waitingPiece = null;
    let next = this.waiting.get(this.reachedBytes);
    while (next !== undefined && next.length === next.sizeBytes) {
      this.take(next);
      next = this.waiting.get(this.reachedBytes);
    }
  }

  private take(piece: WaitingPiece): void {
    this.waiting.delete(piece.offset);
    this.waitingBytes -= piece.sizeBytes;
    this.file.append(piece.bytes, 0, piece.length);
    this.reachedBytes += piece.length;
  }

  /** What waits comes behind the holes before it. */
  private flush(): void {
    const pieces = [...this.waiting.values()].sort((a, b) => a.offset - b.offset);
    for (const piece of pieces) {
      if (piece.offset > this.reachedBytes) {
        this.file.gap(piece.offset - this.reachedBytes);
        this.reachedBytes = piece.offset;
      }
      this.take(piece);
    }
  }
}
