/**
 * The body of one message: how long it is, its chunks, its encodings; what comes out goes to the message's body
 * (up to the inspection limit) and to the file that it is.
 */
import { FileState, TransactionFile } from "../file.ts";
import type { FilePart } from "../files/partial-files.ts";
import type { ParseHost } from "../protocol.ts";
import { type ByteSink, ContentDecoder, type Encoding } from "./content-decoder.ts";
import { boundedFileName } from "./file-name.ts";
import type { HttpMessage } from "./message.ts";
import type { MultipartReader } from "./multipart.ts";
import { openPart } from "./partial-body.ts";
import type { Http1Transaction } from "./transaction.ts";

/** A body that grows more than this many times by decoding is a bomb. */
const BOMB_RATIO = 2048;

export class BodyReader implements ByteSink {
  private readonly transaction: Http1Transaction;
  private readonly message: HttpMessage;
  private readonly direction: number;
  private readonly limitBytes: number;
  private readonly decoders: ContentDecoder[] = [];
  private first: ByteSink;
  private file: TransactionFile | null = null;
  /** The file is a part of a larger one. */
  private part: FilePart | null = null;
  private multipart: MultipartReader | null = null;
  private fileName: Uint8Array | null = null;

  constructor(transaction: Http1Transaction, direction: number) {
    this.transaction = transaction;
    this.message = transaction.message(direction);
    this.direction = direction;
    const { requestBodyLimitBytes, responseBodyLimitBytes } = transaction.options;
    this.limitBytes = direction === 0 ? requestBodyLimitBytes : responseBodyLimitBytes;
    this.first = this;
  }

  /** The encodings are undone in the order given, the first is the outermost. */
  decode(encodings: readonly Encoding[]): void {
    const { options } = this.transaction;
    let next: ByteSink = this;
    for (const encoding of [...encodings].reverse()) {
      if (encoding === "none") continue;
      const decoder = new ContentDecoder(encoding, next, options);
      this.decoders.push(decoder);
      next = decoder;
    }
    this.first = next;
  }

  /** The body is a file of this name; null: it is none. */
  asFile(name: Uint8Array | null): void {
    this.fileName = name;
  }

  asMultipart(reader: MultipartReader): void {
    this.multipart = reader;
  }

  /** Bytes of the body as they came. */
  add(bytes: Uint8Array, start: number, end: number, host: ParseHost): void {
    if (end <= start) return;
    this.message.hasBody = true;
    this.message.bodyBytes += end - start;
    this.host = host;
    this.first.take(bytes, start, end);
  }

  /** Decoded bytes. */
  take(bytes: Uint8Array, start: number, end: number): void {
    const { message, limitBytes, host } = this;
    const { body } = message;
    message.decodedBytes += end - start;
    this.checkBomb();
    const room = limitBytes === 0 ? end - start : limitBytes - body.totalBytes;
    if (room > 0) body.append(bytes, start, Math.min(end, start + room));
    if (host === null) return;
    if (this.multipart !== null) this.multipart.take(bytes, start, end, host);
    else if (this.fileName !== null) this.addToFile(bytes, start, end, host);
  }

  /** What grows beyond the limit, and out of all proportion to what came, is decoded no further. */
  private checkBomb(): void {
    const { bodyBytes, decodedBytes } = this.message;
    if (decodedBytes <= this.transaction.options.compressionBombBytes) return;
    if (decodedBytes <= bodyBytes * BOMB_RATIO) return;
    this.transaction.note("compression_bomb");
    this.transaction.note("compression_bomb_limit_reached");
    for (const decoder of this.decoders) decoder.isBomb = true;
  }

  /** Part of the body was lost. */
  gap(byteLength: number, host: ParseHost): void {
    this.message.bodyBytes += byteLength;
    this.openFile(host);
    this.file?.gap(byteLength);
    this.part?.gap(byteLength);
    this.multipart?.gap(byteLength);
  }

  /** The body is over; not whole when the connection ended before it. */
  finish(isWhole: boolean, host: ParseHost): void {
    this.host = host;
    // The outermost first: what it held back goes through the others.
    for (const decoder of this.decoders.reverse()) {
      decoder.finish();
      if (decoder.isBomb) this.transaction.note("compression_bomb");
      if (decoder.isOverMemory) this.transaction.note("lzma_memlimit_reached");
      if (decoder.hasFailed) this.transaction.note("gzip_decompression_failed");
    }
    this.message.body.isComplete = true;
    const state = isWhole ? FileState.closed : FileState.truncated;
    this.file?.close(state);
    this.closePart(state);
    this.multipart?.finish(state);
  }

  private host: ParseHost | null = null;

  private openFile(host: ParseHost): void {
    if (this.file !== null || this.fileName === null) return;
    const fileName = boundedFileName(this.fileName, this.transaction);
    this.file = new TransactionFile(fileName, this.direction, host.filePolicy);
    this.transaction.files.push(this.file);
    if (this.direction === 1) this.part = openPart(this.transaction, fileName, host);
  }

  /** The file that is whole by this part of it is one more of the transaction. */
  private closePart(state: number): void {
    const whole = this.part?.close(state) ?? null;
    this.part = null;
    if (whole !== null) this.transaction.files.push(whole);
  }

  /** A file that a rule wants whole is followed as far as the stream is. */
  private fileLimitBytes({ filePolicy }: ParseHost): number {
    const isWhole = (this.transaction.wholeFiles & (1 << this.direction)) !== 0;
    return isWhole ? Math.max(0, filePolicy.storedDepthBytes) : this.limitBytes;
  }

  private addToFile(bytes: Uint8Array, start: number, end: number, host: ParseHost): void {
    this.openFile(host);
    const { file } = this;
    if (file === null) return;
    const limitBytes = this.fileLimitBytes(host);
    // Holes do not count.
    const room = limitBytes === 0 ? end - start : limitBytes - file.body.totalBytes;
    if (room >= end - start) {
      file.append(bytes, start, end);
      this.part?.append(bytes, start, end, host.timeUs);
      return;
    }
    if (room > 0) {
      file.append(bytes, start, start + room);
      this.part?.append(bytes, start, start + room, host.timeUs);
    }
    file.close(FileState.truncated);
    this.closePart(FileState.truncated);
  }
}
