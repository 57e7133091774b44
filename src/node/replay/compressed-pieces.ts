/**
 * gzip and zstd files as pieces of what they hold. Input goes in by small pieces, so that what one of them expands
 * to stays bounded. A file that is cut gives everything before the cut, a damaged one what the pieces before the
 * damaged one hold; then both end with a problem.
 */
import { createGunzip, type Gunzip } from "node:zlib";
import { Decompress } from "fzstd";
import { CaptureError } from "../errors.ts";
import type { PieceReport } from "./capture-source.ts";
import type { RawBytes } from "./raw-bytes.ts";

/** Compressed bytes that go in at once; deflate makes at most 1032 times as many of them. */
const PIECE_BYTES = 16 * 1024;

export async function* gunzipPieces(
  raw: RawBytes,
  report: PieceReport,
): AsyncGenerator<Uint8Array> {
  const gunzip = createGunzip();
  const ready: Uint8Array[] = [];
  let failure: NodeJS.ErrnoException | null = null;
  gunzip.on("data", (piece: Uint8Array) => ready.push(piece));
  gunzip.on("error", (error) => {
    failure = error;
  });
  for (;;) {
    const piece = await readPiece(raw);
    await (piece.length > 0 ? write(gunzip, piece) : end(gunzip));
    yield* ready.splice(0);
    if (failure !== null) report.problem = problemOf(failure);
    if (failure !== null || piece.length === 0) break;
  }
  gunzip.destroy();
}

/** Resolves when the piece has been worked on, or cannot be: a stream that failed calls nobody back. */
function write(gunzip: Gunzip, piece: Uint8Array): Promise<void> {
  return new Promise((done) => {
    const finish = (): void => {
      gunzip.off("close", finish);
      done();
    };
    gunzip.once("close", finish);
    gunzip.write(piece, finish);
  });
}

function end(gunzip: Gunzip): Promise<void> {
  return new Promise((done) => {
    gunzip.once("close", done);
    gunzip.end();
  });
}

export async function* unzstdPieces(
  raw: RawBytes,
  report: PieceReport,
): AsyncGenerator<Uint8Array> {
  const ready: Uint8Array[] = [];
  const stream = new Decompress((piece) => ready.push(piece));
  for (;;) {
    const piece = await readPiece(raw);
    try {
      stream.push(piece, piece.length === 0);
    } catch (error) {
      report.problem = problemOf(error);
    }
    yield* ready.splice(0);
    if (report.problem !== null || piece.length === 0) return;
  }
}

async function readPiece(raw: RawBytes): Promise<Uint8Array> {
  const piece = new Uint8Array(PIECE_BYTES);
  const count = await raw.read(piece, 0, PIECE_BYTES);
  return piece.subarray(0, count);
}

/** A file that ends early, or one with wrong bytes. Trouble with the machine is thrown on. */
function problemOf(error: unknown): string {
  if (error instanceof CaptureError || !(error instanceof Error)) throw error;
  const isCut = /unexpected (?:end of file|EOF)/i.test(error.message);
  return isCut
    ? "the compressed file is cut off"
    : `the compressed file is damaged: ${error.message}`;
}
