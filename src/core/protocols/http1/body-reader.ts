/**
 * The body of one message: how long it is, its chunks, its encodings; what comes out goes to the message's body
 * (up to the inspection limit) and to the file that it is.
 */
import { FileState, TransactionFile } from "../file.ts";
import type { ParseHost } from "../protocol.ts";
import { type ByteSink, ContentDecoder, type Encoding } from "./content-decoder.ts";
import type { HttpMessage } from "./message.ts";
import type { MultipartReader } from "./multipart.ts";
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

  /** The body is a file of this name. */
  asFile(name: Uint8Array): void {
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
    this.multipart?.gap(byteLength);
  }

  /** The body is over; not whole when the connection ended before it. */
  finish(isWhole: boolean, host: ParseHost): void {
    this.host = host;
    for (const decoder of this.decoders) {
      decoder.finish();
      if (decoder.isBomb) this.transaction.note("compression_bomb");
      if (decoder.isOverMemory) this.transaction.note("lzma_memlimit_reached");
      if (decoder.hasFailed) this.transaction.note("gzip_decompression_failed");
    }
    this.message.body.isComplete = true;
    const state = isWhole ? FileState.closed : FileState.truncated;
    this.file?.close(state);
    this.multipart?.finish(state);
  }

  private host: ParseHost | null = null;

  private openFile(host: ParseHost): void {
    if (this.file !== null || this.fileName === null) return;
    this.file = new TransactionFile(this.fileName, this.direction, host.filePolicy);
    this.transaction.files.push(this.file);
  }

  private addToFile(bytes: Uint8Array, start: number, end: number, host: ParseHost): void {
    this.openFile(host);
    const { file, limitBytes } = this;
    if (file === null) return;
    const room = limitBytes === 0 ? end - start : limitBytes - file.sizeBytes;
    if (room >= end - start) file.append(bytes, start, end);
    else {
      if (room > 0) file.append(bytes, start, start + room);
      file.close(FileState.truncated);
    }
  }
}
