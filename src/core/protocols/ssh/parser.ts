/**
 * Follows an SSH connection (RFC 4253 §4.2, §6, §7) up to the point where both sides encrypt: the banner line,
 * then binary packets, of which the key exchange offer is read and new keys end what can be seen.
 */
import { readUint32 } from "../../bytes/endian.ts";
import { TO_CLIENT, TO_SERVER } from "../direction.ts";
import { PARSE_FAILED, type ParseHost, type ProtocolParser } from "../protocol.ts";
import { TransactionList } from "../transaction.ts";
import { parseBanner } from "./banner.ts";
import { readHassh } from "./hassh.ts";
import type { SshOptions } from "./options.ts";
import { SshEvent, type SshSide, SshState, SshTransaction } from "./transaction.ts";

/** A banner from this length on is reported. */
export const LONG_BANNER_BYTES = 256;
/** A banner without its end is taken for what it is at this length. */
export const BANNER_LIMIT_BYTES = 4096;
/** Key exchange messages from this length on are not fingerprinted. */
export const KEX_RECORD_LIMIT_BYTES = 65_535;

const RECORD_HEADER_BYTES = 6;
const MESSAGE_KEXINIT = 20;
const MESSAGE_NEWKEYS = 21;
const LF = 0x0a;
const CR = 0x0d;

/** Frames: binary packets, whole and in parts. */
export const sshFrames = ["record.hdr", "record.data", "record.pdu"] as const;
const SshFrame = { header: 0, data: 1, pdu: 2 } as const;

/** Where the reading of one direction stands. */
interface Cursor {
  /** Bytes of the banner line that hold no line end. */
  scannedBytes: number;
  /** The banner was taken before its end: what follows up to the line end is skipped. */
  skipsLine: boolean;
  /** Bytes of a record that are still to be skipped. */
  skipBytes: number;
  /** The record that is waited for was told of as a frame. */
  isTold: boolean;
}

export class SshParser implements ProtocolParser {
  readonly transactions = new TransactionList<SshTransaction>();
  private readonly options: SshOptions;
  private transaction: SshTransaction | null = null;
  private readonly cursors: readonly [Cursor, Cursor] = [newCursor(), newCursor()];

  constructor(options: SshOptions) {
    this.options = options;
  }

  parse(direction: number, bytes: Uint8Array, start: number, end: number, host: ParseHost): number {
    this.transaction ??= this.transactions.add(new SshTransaction(), host.timeUs);
    this.transactions.isChanged = true;
    const side = this.transaction.sides[direction]!;
    let at = start;
    if (side.state < SshState.bannerDone) {
      at = this.parseLine(this.transaction, direction, bytes, start, end, host);
      if (at < 0) return PARSE_FAILED;
      if (side.state < SshState.bannerDone) return at - start;
    }
    at = this.parseRecords(this.transaction, direction, bytes, at, end, host);
    return at < 0 ? PARSE_FAILED : at - start;
  }

  /** Returns the offset after what it took, negative when it is no banner. */
  private parseLine(
    transaction: SshTransaction,
    direction: number,
    bytes: Uint8Array,
    start: number,
    end: number,
    host: ParseHost,
  ): number {
    const cursor = this.cursors[direction]!;
    let at = start + cursor.scannedBytes;
    while (at < end && bytes[at] !== LF && bytes[at] !== CR) at++;
    const hasEnd = at < end && (bytes[at] === LF || at + 1 < end);
    if (!hasEnd) return this.waitForLine(transaction, direction, bytes, start, at);
    if (at - start >= LONG_BANNER_BYTES) transaction.addEvent(SshEvent.longBanner);
    if (!cursor.skipsLine && !takeBanner(transaction, direction, bytes, start, at)) return -1;
    transaction.sides[direction]!.state = SshState.bannerDone;
    transaction.reach(direction, SshState.bannerDone);
    host.triggerRaw(direction);
    return bytes[at] === CR && bytes[at + 1] === LF ? at + 2 : at + 1;
  }

  /** The line has no end before `scannedTo`. */
  private waitForLine(
    transaction: SshTransaction,
    direction: number,
    bytes: Uint8Array,
    start: number,
    scannedTo: number,
  ): number {
    const cursor = this.cursors[direction]!;
    if (cursor.skipsLine) {
      cursor.scannedBytes = 0;
      return scannedTo;
    }
    cursor.scannedBytes = scannedTo - start;
    if (cursor.scannedBytes < LONG_BANNER_BYTES) return start;
    transaction.addEvent(SshEvent.longBanner);
    const side = transaction.sides[direction]!;
    side.state = SshState.bannerWaitEol;
    transaction.reach(direction, SshState.bannerWaitEol);
    if (cursor.scannedBytes < BANNER_LIMIT_BYTES) return start;
    const limit = start + BANNER_LIMIT_BYTES;
    if (!takeBanner(transaction, direction, bytes, start, limit)) return -1;
    cursor.skipsLine = true;
    cursor.scannedBytes = 0;
    return scannedTo;
  }

  private parseRecords(
    transaction: SshTransaction,
    direction: number,
    bytes: Uint8Array,
    start: number,
    end: number,
    host: ParseHost,
  ): number {
    const cursor = this.cursors[direction]!;
    const side = transaction.sides[direction]!;
    let at = start;
    while (at < end) {
      if (side.state === SshState.finished) return end;
      if (cursor.skipBytes > 0) {
        const skipped = Math.min(cursor.skipBytes, end - at);
        cursor.skipBytes -= skipped;
        at += skipped;
        continue;
      }
      if (end - at < RECORD_HEADER_BYTES) return at;
      const length = readUint32(bytes, at);
      if (length < 2) {
        transaction.addEvent(SshEvent.invalidRecord);
        return -1;
      }
      if (!cursor.isTold) tellRecord(host, direction, at, length, transaction.id);
      const next = this.takeRecord(transaction, direction, bytes, at, end, length, host);
      cursor.isTold = next === at;
      if (next === at) return at;
      at = next;
    }
    return at;
  }

  /** Reads the record whose header is at `at`. Returns `at` when more of it is needed. */
  private takeRecord(
    transaction: SshTransaction,
    direction: number,
    bytes: Uint8Array,
    at: number,
    end: number,
    length: number,
    host: ParseHost,
  ): number {
    const side = transaction.sides[direction]!;
    const message = bytes[at + 5]!;
    const recordEnd = at + 4 + length;
    if (message === MESSAGE_NEWKEYS) this.finish(transaction, direction, host);
    if (message === MESSAGE_KEXINIT && this.options.hasHassh && side.hassh === null) {
      if (length - 2 >= KEX_RECORD_LIMIT_BYTES) transaction.addEvent(SshEvent.longKexRecord);
      else if (recordEnd > end) return at;
      else readHassh(side, direction, bytes, at + RECORD_HEADER_BYTES, recordEnd);
    }
    if (recordEnd <= end) return recordEnd;
    this.cursors[direction]!.skipBytes = recordEnd - end;
    return end;
  }

  /** A side encrypts from now on. */
  private finish(transaction: SshTransaction, direction: number, host: ParseHost): void {
    const { sides } = transaction;
    sides[direction]!.state = SshState.finished;
    if (!sides.every(isFinished)) return;
    transaction.reach(TO_SERVER, SshState.finished);
    transaction.reach(TO_CLIENT, SshState.finished);
    const { encryption } = this.options;
    if (encryption !== "full") host.stopPayloadInspection();
    if (encryption === "bypass") {
      host.stopReassembly();
      host.bypass();
    }
  }
}

function isFinished({ state }: SshSide): boolean {
  return state === SshState.finished;
}

function newCursor(): Cursor {
  return { scannedBytes: 0, skipsLine: false, skipBytes: 0, isTold: false };
}

function takeBanner(
  transaction: SshTransaction,
  direction: number,
  bytes: Uint8Array,
  start: number,
  end: number,
): boolean {
  const isBanner = parseBanner(transaction.sides[direction]!, bytes, start, end);
  if (!isBanner) transaction.addEvent(SshEvent.invalidBanner);
  return isBanner;
}

function tellRecord(
  { frames = null }: ParseHost,
  direction: number,
  at: number,
  length: number,
  transactionId: number,
): void {
  if (frames === null) return;
  const bodyStart = at + RECORD_HEADER_BYTES;
  frames.add(direction, SshFrame.header, at, RECORD_HEADER_BYTES, transactionId);
  frames.add(direction, SshFrame.data, bodyStart, length - 2, transactionId);
  frames.add(direction, SshFrame.pdu, at, length + 4, transactionId);
}
