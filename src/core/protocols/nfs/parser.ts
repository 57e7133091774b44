/**
 * Cuts messages off the stream by their record marks (RFC 5531 §11), or takes datagrams, and hands them to calls and
 * replies. Long reads and writes are taken as soon as their head is there; their data follows piece by piece. After
 * a gap it looks for the next message. Of a message in several fragments only the first is looked at.
 *
 * @hotpath
 */
import { readUint32 } from "../../bytes/endian.ts";
import { TO_SERVER } from "../direction.ts";
import type { ParseHost, ProtocolParser } from "../protocol.ts";
import { handleCall, isWrite } from "./calls.ts";
import { NfsConnection } from "./connection.ts";
import { NfsEvent } from "./events.ts";
import type { NfsOptions } from "./options.ts";
import { PieceFeed } from "./piece-feed.ts";
import { CALL_HEAD_BYTES, isNfsCall, MARK_BYTES } from "./probe.ts";
import { handleReply, isRead } from "./replies.ts";
import { RpcMessage, readCall } from "./rpc.ts";
import { XdrReader } from "./xdr.ts";

const LAST_FRAGMENT = 0x8000_0000;
/** A header of RPC has at least this. */
const MESSAGE_MIN_BYTES = 12;
/** Whatever comes before the data of a read or write fits into this. */
const HEAD_MAX_BYTES = 1024;
/** Bytes of a message that are waited for and looked at; the others are passed over. */
const MESSAGE_MAX_BYTES = 64 * 1024;

const NEEDS_MORE = 0;

export class NfsParser implements ProtocolParser {
  private readonly connection: NfsConnection;
  private readonly feeds: readonly [PieceFeed, PieceFeed];
  /** The next message has to be looked for, by direction. */
  private readonly isLost: [boolean, boolean] = [false, false];
  /** What comes next goes on with the message before. */
  private readonly isContinued: [boolean, boolean] = [false, false];

  constructor(options: NfsOptions) {
    this.connection = new NfsConnection(options);
    this.feeds = [new PieceFeed(this.connection), new PieceFeed(this.connection)];
  }

  get transactions() {
    return this.connection.transactions;
  }

  parse(direction: number, bytes: Uint8Array, start: number, end: number, host: ParseHost): number {
    this.connection.begin(host);
    const feed = this.feeds[direction]!;
    if (!host.isStream) {
      this.takeMessage(direction, bytes, start, end);
      feed.restOfMessage(0);
      return end - start;
    }
    let at = start + feed.take(bytes, start, end);
    if (this.isLost[direction]) at = this.resume(direction, bytes, at, end);
    while (!this.isLost[direction] && end - at >= MARK_BYTES) {
      const used = this.takeFragment(direction, bytes, at, end);
      if (used === NEEDS_MORE) break;
      at += used;
    }
    return at - start;
  }

  gap(direction: number, byteLength: number, host: ParseHost): boolean {
    this.connection.begin(host);
    if (!this.feeds[direction]!.gap(byteLength)) this.isLost[direction] = true;
    this.connection.transactions.isChanged = true;
    return true;
  }

  truncate(direction: number): void {
    this.connection.truncate(direction);
  }

  /** Of a file that datagrams left open nothing is told. */
  end(direction: number, host: ParseHost): void {
    if (host.isStream) this.connection.truncate(direction);
  }

  /** Takes the fragment at `at`: how many bytes of it, or NEEDS_MORE. */
  private takeFragment(direction: number, bytes: Uint8Array, at: number, end: number): number {
    const mark = readUint32(bytes, at);
    const length = mark % LAST_FRAGMENT;
    const start = at + MARK_BYTES;
    const there = Math.min(end - start, length);
    const isMessage = !this.isContinued[direction] && length >= MESSAGE_MIN_BYTES;
    if (isMessage) {
      const isTransfer = there >= HEAD_MAX_BYTES && this.isTransfer(direction, bytes, start, end);
      const looked = isTransfer ? there : Math.min(length, MESSAGE_MAX_BYTES);
      if (there < looked) return NEEDS_MORE;
      this.takeMessage(direction, bytes, start, start + looked);
    } else if (!this.isContinued[direction]) this.connection.addEvent(NfsEvent.malformedData);
    this.isContinued[direction] = mark < LAST_FRAGMENT;
    this.feeds[direction]!.restOfMessage(length - there);
    return MARK_BYTES + there;
  }

  private takeMessage(direction: number, bytes: Uint8Array, start: number, end: number): void {
    const reader = new XdrReader(bytes, start, end);
    const feed = this.feeds[direction]!;
    const isToServer = direction === TO_SERVER;
    const expected = isToServer ? RpcMessage.call : RpcMessage.reply;
    // Servers of version 4 call back on the same connection.
    if (end - start >= 8 && readUint32(bytes, start + 4) !== expected) return;
    if (isToServer) handleCall(this.connection, reader, feed);
    else handleReply(this.connection, reader, feed);
  }

  /** Whether a message, HEAD_MAX_BYTES of which are there, carries data of a file. */
  private isTransfer(direction: number, bytes: Uint8Array, start: number, end: number): boolean {
    if (direction === TO_SERVER) {
      const call = readCall(new XdrReader(bytes, start, end));
      return call !== null && isWrite(call);
    }
    if (readUint32(bytes, start + 4) !== RpcMessage.reply) return false;
    const asked = this.connection.pending.get(`${readUint32(bytes, start)}`);
    return asked !== undefined && isRead(asked);
  }

  /** Finds the next message after lost bytes: where it begins, or what is to be kept for the next search. */
  private resume(direction: number, bytes: Uint8Array, start: number, end: number): number {
    for (let at = start; end - at >= MARK_BYTES + CALL_HEAD_BYTES; at++) {
      if (!this.isStart(direction, bytes, at)) continue;
      this.isLost[direction] = this.isContinued[direction] = false;
      this.connection.settleAfterGap(direction);
      return at;
    }
    return Math.max(start, end - MARK_BYTES - CALL_HEAD_BYTES + 1);
  }

  /** A call of NFS, or the reply to a call that waits for one. */
  private isStart(direction: number, bytes: Uint8Array, at: number): boolean {
    const mark = readUint32(bytes, at);
    const start = at + MARK_BYTES;
    if (mark < LAST_FRAGMENT + MESSAGE_MIN_BYTES) return false;
    if (direction === TO_SERVER) return isNfsCall(bytes, start);
    return (
      readUint32(bytes, start + 4) === RpcMessage.reply &&
      readUint32(bytes, start + 8) <= 1 &&
      this.connection.pending.has(`${readUint32(bytes, start)}`)
    );
  }
}
