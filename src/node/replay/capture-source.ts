/**
 * Where capture bytes come from: plain files, gzip, zstd, standard input. The compression is found by its magic.
 * A compressed file that is cut short or damaged gives what comes before that, then says so.
 */
import fs from "node:fs";
import { CaptureError } from "../errors.ts";
import { gunzipPieces, unzstdPieces } from "./compressed-pieces.ts";
import { FileBytes, PipeBytes, type RawBytes } from "./raw-bytes.ts";

export interface CaptureSource {
  readonly name: string;
  /** Size of the file on disk; null when it is not known. */
  readonly sizeBytes: number | null;
  /** Bytes of the file read so far. */
  readonly positionBytes: number;
  /** Why the bytes ended before the file's end; null when they did not. */
  readonly problem: string | null;
  /** Reads up to `length` bytes to `offset` of `target`; 0 at the end. Throws CaptureError. */
  read(target: Uint8Array, offset: number, length: number): number | Promise<number>;
  /** Makes a read that waits, and all later ones, give 0. */
  cancel(): void;
  close(): void;
}

/** What a decompressor tells beside its bytes. */
export interface PieceReport {
  problem: string | null;
}

/** Opens a capture; "-" is standard input. Throws CaptureError. */
export async function openCapture(path: string): Promise<CaptureSource> {
  const raw = openRaw(path);
  const magic = await raw.peek(4);
  if (magic[0] === 0x1f && magic[1] === 0x8b) return new PieceSource(raw, gunzipPieces);
  const isZstd = magic[0] === 0x28 && magic[1] === 0xb5 && magic[2] === 0x2f && magic[3] === 0xfd;
  return isZstd ? new PieceSource(raw, unzstdPieces) : raw;
}

function openRaw(path: string): RawBytes & CaptureSource {
  try {
    if (path !== "-") return new FileBytes(path, fs.openSync(path, "r"));
    return fs.fstatSync(0).isFile() ? new FileBytes(path, 0) : new PipeBytes(process.stdin);
  } catch (cause) {
    throw new CaptureError(`cannot open capture "${path}"`, { cause });
  }
}

type Decompressor = (raw: RawBytes, report: PieceReport) => AsyncGenerator<Uint8Array>;

/** Decompressed pieces, copied on as they are asked for. */
class PieceSource implements CaptureSource {
  readonly name: string;
  readonly sizeBytes: number | null;
  private readonly raw: RawBytes & CaptureSource;
  private readonly report: PieceReport = { problem: null };
  private readonly pieces: AsyncIterator<Uint8Array>;
  private piece: Uint8Array = new Uint8Array(0);
  private used = 0;

  constructor(raw: RawBytes & CaptureSource, decompress: Decompressor) {
    this.raw = raw;
    this.name = raw.name;
    this.sizeBytes = raw.sizeBytes;
    this.pieces = decompress(raw, this.report);
  }

  get positionBytes(): number {
    return this.raw.positionBytes;
  }

  get problem(): string | null {
    return this.report.problem;
  }

  async read(target: Uint8Array, offset: number, length: number): Promise<number> {
    while (this.used === this.piece.length) {
      const { value, done } = await this.pieces.next();
      if (done === true) return 0;
      this.piece = value;
      this.used = 0;
    }
    const count = Math.min(length, this.piece.length - this.used);
    target.set(this.piece.subarray(this.used, this.used + count), offset);
    this.used += count;
    return count;
  }

  cancel(): void {
    this.raw.cancel();
  }

  close(): void {
    this.raw.close();
  }
}
