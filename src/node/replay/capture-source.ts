/** Where capture bytes come from: plain files, gzip, zstd, standard input. The format is found by its magic. */
import fs from "node:fs";
import { createGunzip } from "node:zlib";
import { Decompress } from "fzstd";
import { CaptureError } from "../errors.ts";

export interface CaptureSource {
  readonly name: string;
  /** Size of the file on disk; null when it is not known. */
  readonly sizeBytes: number | null;
  /** Bytes of the file read so far. */
  readonly positionBytes: number;
  /** Reads up to `length` bytes to `offset` of `target`; 0 at the end. */
  read(target: Uint8Array, offset: number, length: number): number | Promise<number>;
  close(): void;
}

const PIECE_BYTES = 64 * 1024;

/** Opens a capture; "-" is standard input. Throws CaptureError. */
export async function openCapture(path: string): Promise<CaptureSource> {
  const raw = new FileSource(path);
  const magic = raw.peek();
  if (magic[0] === 0x1f && magic[1] === 0x8b) return new PieceSource(raw, gunzipPieces(raw));
  const isZstd = magic[0] === 0x28 && magic[1] === 0xb5 && magic[2] === 0x2f && magic[3] === 0xfd;
  return isZstd ? new PieceSource(raw, zstdPieces(raw)) : raw;
}

class FileSource implements CaptureSource {
  readonly name: string;
  readonly sizeBytes: number | null;
  positionBytes = 0;
  private readonly descriptor: number;
  private peeked: Uint8Array = new Uint8Array(0);

  constructor(path: string) {
    this.name = path;
    try {
      this.descriptor = path === "-" ? 0 : fs.openSync(path, "r");
      const status = fs.fstatSync(this.descriptor);
      this.sizeBytes = status.isFile() ? status.size : null;
    } catch (cause) {
      throw new CaptureError(`cannot open capture "${path}"`, { cause });
    }
  }

  peek(): Uint8Array {
    const first = new Uint8Array(4);
    let length = 0;
    while (length < 4) {
      const count = this.readRaw(first, length, 4 - length);
      if (count === 0) break;
      length += count;
    }
    this.peeked = first.slice(0, length);
    return this.peeked;
  }

  read(target: Uint8Array, offset: number, length: number): number {
    if (this.peeked.length > 0) {
      const count = Math.min(length, this.peeked.length);
      target.set(this.peeked.slice(0, count), offset);
      this.peeked = this.peeked.slice(count);
      return count;
    }
    return this.readRaw(target, offset, length);
  }

  close(): void {
    if (this.descriptor !== 0) fs.closeSync(this.descriptor);
  }

  private readRaw(target: Uint8Array, offset: number, length: number): number {
    try {
      const count = fs.readSync(this.descriptor, target, offset, length, null);
      this.positionBytes += count;
      return count;
    } catch (cause) {
      const { code } = cause as NodeJS.ErrnoException; // readSync throws system errors
      if (code === "EOF") return 0;
      throw new CaptureError(`cannot read capture "${this.name}"`, { cause });
    }
  }
}

/** Decompressed pieces, copied on as they are asked for. */
class PieceSource implements CaptureSource {
  readonly name: string;
  readonly sizeBytes: number | null;
  private readonly raw: FileSource;
  private readonly pieces: AsyncIterator<Uint8Array>;
  private piece: Uint8Array = new Uint8Array(0);
  private used = 0;

  constructor(raw: FileSource, pieces: AsyncIterator<Uint8Array>) {
    this.raw = raw;
    this.name = raw.name;
    this.sizeBytes = raw.sizeBytes;
    this.pieces = pieces;
  }

  get positionBytes(): number {
    return this.raw.positionBytes;
  }

  async read(target: Uint8Array, offset: number, length: number): Promise<number> {
    while (this.used === this.piece.length) {
      const { value, done } = await this.nextPiece();
      if (done === true) return 0;
      this.piece = value;
      this.used = 0;
    }
    const count = Math.min(length, this.piece.length - this.used);
    target.set(this.piece.subarray(this.used, this.used + count), offset);
    this.used += count;
    return count;
  }

  close(): void {
    this.raw.close();
  }

  private async nextPiece(): Promise<IteratorResult<Uint8Array>> {
    try {
      return await this.pieces.next();
    } catch (cause) {
      throw new CaptureError(`cannot decompress "${this.name}"`, { cause });
    }
  }
}

async function* gunzipPieces(raw: FileSource): AsyncGenerator<Uint8Array> {
  const gunzip = createGunzip();
  const feed = async (): Promise<void> => {
    for (;;) {
      const piece = Buffer.alloc(PIECE_BYTES);
      const count = raw.read(piece, 0, PIECE_BYTES);
      if (count === 0) break;
      if (!gunzip.write(piece.subarray(0, count)))
        await new Promise((done) => gunzip.once("drain", done));
    }
    gunzip.end();
  };
  feed().catch((error: Error) => gunzip.destroy(error));
  for await (const piece of gunzip) yield piece as Uint8Array; // zlib streams give buffers
}

async function* zstdPieces(raw: FileSource): AsyncGenerator<Uint8Array> {
  const ready: Uint8Array[] = [];
  const stream = new Decompress((piece) => ready.push(piece));
  for (;;) {
    const input = new Uint8Array(PIECE_BYTES);
    const count = raw.read(input, 0, PIECE_BYTES);
    stream.push(input.subarray(0, count), count === 0);
    while (ready.length > 0) yield ready.shift()!;
    if (count === 0) return;
  }
}
