/**
 * The parts of a multipart/form-data request body (RFC 7578): those with a file name become files. Bounded: only
 * the header of the part at hand and a boundary's length of data are kept.
 */
import { FileState, TransactionFile } from "../file.ts";
import type { ParseHost } from "../protocol.ts";
import { boundedFileName } from "./file-name.ts";
import { latinText } from "./message.ts";
import type { Http1Transaction } from "./transaction.ts";
import { ascii } from "./uri.ts";

/** Bytes of the header of one part. */
const PART_HEADER_BYTES_MAX = 4096;
export const BOUNDARY_BYTES_MAX = 200;

type Stage = "preamble" | "header" | "data" | "over";

export class MultipartReader {
  private readonly transaction: Http1Transaction;
  private readonly delimiter: Uint8Array;
  private stage: Stage = "preamble";
  private held = new Uint8Array(0);
  private file: TransactionFile | null = null;
  private hasFile = false;

  constructor(transaction: Http1Transaction, boundary: Uint8Array) {
    this.transaction = transaction;
    const dashes = ascii("--");
    this.delimiter = new Uint8Array(dashes.length + boundary.length);
    this.delimiter.set(dashes);
    this.delimiter.set(boundary, dashes.length);
  }

  take(bytes: Uint8Array, start: number, end: number, host: ParseHost): void {
    let data = new Uint8Array(this.held.length + (end - start));
    data.set(this.held);
    data.set(bytes.subarray(start, end), this.held.length);
    for (;;) {
      const used = this.step(data, host);
      if (used <= 0) break;
      data = data.slice(used);
    }
    this.held = data;
  }

  gap(byteLength: number): void {
    this.file?.gap(byteLength);
  }

  finish(state: number): void {
    if (this.file !== null) {
      this.file.append(this.held, 0, this.held.length);
      this.file.close(state === FileState.closed ? FileState.truncated : state);
    }
    if (!this.hasFile && this.stage === "preamble") this.transaction.note("multipart_no_filedata");
  }

  /** Bytes that one step is done with; 0 when it needs more. */
  private step(data: Uint8Array, host: ParseHost): number {
    switch (this.stage) {
      case "preamble":
        return this.skipToPart(data);
      case "header":
        return this.readHeader(data, host);
      case "data":
        return this.readData(data);
      default:
        return data.length;
    }
  }

  private skipToPart(data: Uint8Array): number {
    const at = indexOf(data, this.delimiter, 0);
    if (at < 0) return Math.max(0, data.length - this.delimiter.length);
    const after = at + this.delimiter.length;
    if (data.length < after + 2) return 0;
    this.stage = data[after] === 0x2d && data[after + 1] === 0x2d ? "over" : "header";
    const lineEnd = data.indexOf(0x0a, after);
    return lineEnd < 0 ? after : lineEnd + 1;
  }

  private readHeader(data: Uint8Array, host: ParseHost): number {
    const end = headerEnd(data);
    if (end < 0) {
      if (data.length <= PART_HEADER_BYTES_MAX) return 0;
      this.transaction.note("multipart_invalid_header");
      this.stage = "data";
      return 0;
    }
    const text = latinText(data.subarray(0, end));
    const name = fileNameOf(text);
    if (name !== null) {
      const bounded = boundedFileName(ascii(name), this.transaction);
      this.file = new TransactionFile(bounded, 0, host.filePolicy);
      this.transaction.files.push(this.file);
      this.hasFile = true;
    }
    this.stage = "data";
    return end;
  }

  private readData(data: Uint8Array): number {
    const at = indexOf(data, this.delimiter, 0);
    if (at < 0) {
      // The line end before a delimiter is not data: it is kept back with what may be one.
      const sure = data.length - this.delimiter.length - 2;
      if (sure <= 0) return 0;
      this.file?.append(data, 0, sure);
      return sure;
    }
    let end = at;
    if (end > 0 && data[end - 1] === 0x0a) end--;
    if (end > 0 && data[end - 1] === 0x0d) end--;
    this.file?.append(data, 0, end);
    this.file?.close();
    this.file = null;
    this.stage = "preamble";
    return at === 0 ? this.skipToPart(data) : at;
  }
}

/** The boundary of a Content-Type; null when it is no multipart/form-data. */
export function boundaryOf(contentType: Uint8Array): Uint8Array | null {
  const text = latinText(contentType);
  if (!/^\s*multipart\/form-data/i.test(text)) return null;
  const match = /boundary=(?:"([^"]*)"|([^;\s]*))/i.exec(text);
  const boundary = match?.[1] ?? match?.[2] ?? "";
  return boundary === "" || boundary.length > BOUNDARY_BYTES_MAX ? null : ascii(boundary);
}

function fileNameOf(header: string): string | null {
  const match = /content-disposition:[^\r\n]*?[;\s]filename=(?:"([^"\r\n]*)"|([^;\s]*))/i.exec(
    header,
  );
  const name = match?.[1] ?? match?.[2] ?? null;
  return name === "" ? null : name;
}

/** Offset behind the empty line, -1 without one. */
function headerEnd(data: Uint8Array): number {
  if (data[0] === 0x0d && data[1] === 0x0a) return 2;
  for (let i = 0; i + 1 < data.length; i++) {
    if (data[i] !== 0x0a) continue;
    if (data[i + 1] === 0x0a) return i + 2;
    if (data[i + 1] === 0x0d && data[i + 2] === 0x0a) return i + 3;
  }
  return -1;
}

function indexOf(data: Uint8Array, wanted: Uint8Array, from: number): number {
  for (let at = data.indexOf(wanted[0]!, from); at >= 0; at = data.indexOf(wanted[0]!, at + 1)) {
    if (at + wanted.length > data.length) return -1;
    let i = 1;
    while (i < wanted.length && data[at + i] === wanted[i]) i++;
    if (i === wanted.length) return at;
  }
  return -1;
}
