/** Bytes as they lie in a file or come through a pipe, with a look at the first ones. */
import fs from "node:fs";
import type { Readable } from "node:stream";
import { CaptureError } from "../errors.ts";

export interface RawBytes {
  /** The first `length` bytes, or as many as there are; they are read again later. */
  peek(length: number): Promise<Uint8Array>;
  read(target: Uint8Array, offset: number, length: number): number | Promise<number>;
}

abstract class HeadedBytes implements RawBytes {
  abstract readonly name: string;
  positionBytes = 0;
  readonly problem: string | null = null;
  protected isCancelled = false;
  private head: Uint8Array = new Uint8Array(0);

  async peek(length: number): Promise<Uint8Array> {
    const first = new Uint8Array(length);
    let filled = 0;
    while (filled < length) {
      const count = await this.readOn(first, filled, length - filled);
      if (count === 0) break;
      filled += count;
    }
    this.head = first.slice(0, filled);
    return this.head;
  }

  read(target: Uint8Array, offset: number, length: number): number | Promise<number> {
    if (this.head.length === 0) return this.readOn(target, offset, length);
    const count = Math.min(length, this.head.length);
    target.set(this.head.slice(0, count), offset);
    this.head = this.head.slice(count);
    return count;
  }

  protected abstract readOn(
    target: Uint8Array,
    offset: number,
    length: number,
  ): number | Promise<number>;
}

/** A file: read without waiting. */
export class FileBytes extends HeadedBytes {
  readonly name: string;
  readonly sizeBytes: number | null;
  private readonly descriptor: number;

  /** Takes over the descriptor. */
  constructor(name: string, descriptor: number) {
    super();
    this.name = name;
    this.descriptor = descriptor;
    const status = fs.fstatSync(descriptor);
    this.sizeBytes = status.isFile() ? status.size : null;
  }

  cancel(): void {
    this.isCancelled = true;
  }

  close(): void {
    if (this.descriptor !== 0) fs.closeSync(this.descriptor);
  }

  protected override readOn(target: Uint8Array, offset: number, length: number): number {
    if (this.isCancelled) return 0;
    try {
      const count = fs.readSync(this.descriptor, target, offset, length, null);
      this.positionBytes += count;
      return count;
    } catch (cause) {
      throw new CaptureError(`cannot read capture "${this.name}"`, { cause });
    }
  }
}

/** A pipe: waiting for it lets signals through. */
export class PipeBytes extends HeadedBytes {
  readonly name = "-";
  readonly sizeBytes = null;
  private readonly stream: Readable;
  private readonly pieces: AsyncIterator<Uint8Array>;
  private piece: Uint8Array = new Uint8Array(0);

  constructor(stream: Readable) {
    super();
    this.stream = stream;
    this.pieces = stream[Symbol.asyncIterator]();
  }

  cancel(): void {
    this.isCancelled = true;
    this.stream.destroy();
  }

  close(): void {
    this.stream.destroy();
  }

  protected override async readOn(
    target: Uint8Array,
    offset: number,
    length: number,
  ): Promise<number> {
    while (this.piece.length === 0) {
      const next = await this.nextPiece();
      if (next === null) return 0;
      this.piece = next;
    }
    const count = Math.min(length, this.piece.length);
    target.set(this.piece.subarray(0, count), offset);
    this.piece = this.piece.subarray(count);
    this.positionBytes += count;
    return count;
  }

  private async nextPiece(): Promise<Uint8Array | null> {
    if (this.isCancelled) return null;
    try {
      const { value, done } = await this.pieces.next();
      return done === true ? null : value;
    } catch (cause) {
      if (this.isCancelled) return null;
      throw new CaptureError("cannot read standard input", { cause });
    }
  }
}
