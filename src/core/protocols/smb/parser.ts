/**
 * Cuts NetBIOS session messages (RFC 1002 §4.3) off the stream and hands the SMB messages in them to the commands.
 * Long reads and writes are taken as soon as their beginning is there; their data follows piece by piece. After a
 * gap it looks for the next SMB header.
 *
 * @hotpath
 */
import { readUint24 } from "../../bytes/endian.ts";
import { TO_SERVER } from "../direction.ts";
import type { FrameSink } from "../frame.ts";
import { PARSE_FAILED, type ParseHost, type ProtocolParser } from "../protocol.ts";
import { SmbConnection } from "./connection.ts";
import { SmbEvent } from "./events.ts";
import { tellSession, tellSmb2 } from "./frames.ts";
import type { SmbOptions } from "./options.ts";
import { PieceFeed } from "./piece-feed.ts";
import { Magic, SMB1_HEADER_BYTES, SMB2_HEADER_BYTES, SmbRecord } from "./smb-record.ts";
import { handleSmb1Message, isSmb1Transfer } from "./smb1-messages.ts";
import { handleSmb2Message, isSmb2Transfer } from "./smb2-messages.ts";

const SESSION_HEADER_BYTES = 4;
const SESSION_MESSAGE = 0;
const SESSION_TYPES = [0x81, 0x82, 0x83, 0x84, 0x85];
/** A read or write that is longer is taken before it is whole. */
const WHOLE_MESSAGE_BYTES = 512;

/** What became of the data at the start of a message. */
const NEEDS_MORE = 0;
const REFUSED = -1;

export class SmbParser implements ProtocolParser {
  private readonly connection: SmbConnection;
  private readonly record = new SmbRecord();
  private readonly feeds: readonly [PieceFeed, PieceFeed];
  /** The next header has to be looked for, by direction. */
  private readonly isLost: [boolean, boolean] = [false, false];
  private readonly hadGap: [boolean, boolean] = [false, false];
  private readonly hasStarted: [boolean, boolean] = [false, false];
  /** What follows is no SMB: it is passed over. */
  private readonly isGivenUp: [boolean, boolean] = [false, false];
  /** Null when nobody wants frames. */
  private frames: FrameSink | null = null;

  constructor(options: SmbOptions) {
    this.connection = new SmbConnection(options);
    this.feeds = [new PieceFeed(), new PieceFeed()];
  }

  get transactions() {
    return this.connection.transactions;
  }

  parse(direction: number, bytes: Uint8Array, start: number, end: number, host: ParseHost): number {
    this.connection.begin(host);
    this.frames = host.frames ?? null;
    if (this.isGivenUp[direction]) return end - start;
    let at = start + this.feeds[direction]!.take(bytes, start, end);
    if (!this.hasStarted[direction]) {
      if (end - at < SESSION_HEADER_BYTES + 4) return at - start;
      this.hasStarted[direction] = true;
      this.isLost[direction] = !isStart(bytes, at);
    }
    if (this.isLost[direction]) at = this.resume(direction, bytes, at, end);
    while (!this.isLost[direction] && end - at >= SESSION_HEADER_BYTES) {
      const used = this.takeMessage(direction, bytes, at, end);
      if (used === REFUSED) return PARSE_FAILED;
      if (used === NEEDS_MORE) break;
      at += used;
      if (this.isGivenUp[direction]) return end - start;
      if (this.hadGap[direction]) this.connection.settleAfterGap(direction);
    }
    return at - start;
  }

  gap(direction: number, byteLength: number, host: ParseHost): boolean {
    this.connection.begin(host);
    this.feeds[direction]!.gap(byteLength);
    // What came before the gap will not grow any more.
    host.triggerRaw(direction);
    this.isLost[direction] = this.hadGap[direction] = this.hasStarted[direction] = true;
    return true;
  }

  truncate(direction: number): void {
    this.connection.truncate(direction);
  }

  /** Takes the session message at `at`: its length, REFUSED or NEEDS_MORE. */
  private takeMessage(direction: number, bytes: Uint8Array, at: number, end: number): number {
    const type = bytes[at]!;
    const start = at + SESSION_HEADER_BYTES;
    const messageEnd = start + readUint24(bytes, at + 1);
    if (type !== SESSION_MESSAGE) {
      if (!SESSION_TYPES.includes(type)) return this.giveUp(direction, end - at);
      if (messageEnd > end) return NEEDS_MORE;
      if (this.frames !== null) {
        tellSession(this.frames, direction, bytes, at, messageEnd - start, false);
      }
      return messageEnd - at;
    }
    if (messageEnd > end) return this.takePart(direction, bytes, start, end, messageEnd);
    if (this.frames !== null) {
      tellSession(this.frames, direction, bytes, at, messageEnd - start, messageEnd - start >= 4);
    }
    if (!this.takeWhole(direction, bytes, start, messageEnd)) return REFUSED;
    return messageEnd - at;
  }

  private giveUp(direction: number, length: number): number {
    this.isGivenUp[direction] = true;
    this.connection.truncate(direction);
    return length;
  }

  /** Takes a message that is all there. False: it makes no sense. */
  private takeWhole(direction: number, bytes: Uint8Array, start: number, end: number): boolean {
    if (end - start < 4) return direction === TO_SERVER ? this.refuse() : true;
    if (!isMagic(bytes, start)) return this.refuse();
    if (bytes[start] === Magic.smb1) return this.takeSmb1(direction, bytes, start, end);
    if (bytes[start] === Magic.smb2) return this.takeSmb2(direction, bytes, start, end);
    // Encrypted and compressed messages tell nothing.
    return true;
  }

  private takeSmb1(direction: number, bytes: Uint8Array, start: number, end: number): boolean {
    if (end - start < SMB1_HEADER_BYTES) return this.refuse();
    this.record.readSmb1(bytes, start, end);
    this.dispatch(direction, handleSmb1Message);
    return !this.connection.hasTooMany;
  }

  private takeSmb2(direction: number, bytes: Uint8Array, start: number, end: number): boolean {
    const { record } = this;
    let at = start;
    while (at > 0 && at < end) {
      const isHeader = end - at >= SMB2_HEADER_BYTES && bytes[at] === Magic.smb2;
      if (!isHeader || !record.readSmb2(bytes, at, end)) return this.refuse();
      if (this.frames !== null) {
        tellSmb2(this.frames, direction, at, end - at, record.bodyEnd - at);
      }
      this.dispatch(direction, handleSmb2Message);
      if (this.connection.hasTooMany) return false;
      at = record.nextStart;
    }
    return true;
  }

  private dispatch(
    direction: number,
    handle: (connection: SmbConnection, record: SmbRecord, feed: PieceFeed) => void,
  ): void {
    const { connection, record } = this;
    const isToServer = direction === TO_SERVER;
    if (record.isRequest !== isToServer) {
      connection.addEvent(isToServer ? SmbEvent.responseToServer : SmbEvent.requestToClient);
      return;
    }
    handle(connection, record, this.feeds[direction]!);
  }

  /** Takes the begin of a long read or write; what is there of it is used up. */
  private takePart(
    direction: number,
    bytes: Uint8Array,
    start: number,
    end: number,
    messageEnd: number,
  ): number {
    if (end - start + SESSION_HEADER_BYTES < WHOLE_MESSAGE_BYTES) return NEEDS_MORE;
    const { record, connection } = this;
    const magic = bytes[start]!;
    if (!isMagic(bytes, start)) return this.giveUp(direction, end - start + SESSION_HEADER_BYTES);
    if (magic === Magic.smb1) {
      record.readSmb1(bytes, start, end);
      if (!isSmb1Transfer(connection, record)) return NEEDS_MORE;
    } else if (magic === Magic.smb2) {
      if (!record.readSmb2(bytes, start, end) || !isSmb2Transfer(connection, record)) {
        return NEEDS_MORE;
      }
    } else return NEEDS_MORE;
    record.missingBytes = messageEnd - end;
    if (this.frames !== null) {
      const length = messageEnd - start;
      tellSession(this.frames, direction, bytes, start - SESSION_HEADER_BYTES, length, true);
      if (magic === Magic.smb2) tellSmb2(this.frames, direction, start, length, length);
    }
    const feed = this.feeds[direction]!;
    this.dispatch(direction, magic === Magic.smb1 ? handleSmb1Message : handleSmb2Message);
    feed.restOfMessage(messageEnd - end);
    return end - start + SESSION_HEADER_BYTES;
  }

  private refuse(): boolean {
    this.connection.addEvent(SmbEvent.malformedData);
    return false;
  }

  /** Finds an SMB header after lost bytes, and the session header before it. */
  private resume(direction: number, bytes: Uint8Array, start: number, end: number): number {
    for (let at = start + SESSION_HEADER_BYTES; end - at >= 4; at++) {
      if (bytes[at + 1] !== 0x53 || !isMagic(bytes, at)) continue;
      this.isLost[direction] = false;
      return at - SESSION_HEADER_BYTES;
    }
    // The begin of a header may be there already.
    return Math.max(start, end - SESSION_HEADER_BYTES - 3);
  }
}

function isMagic(bytes: Uint8Array, at: number): boolean {
  return (
    bytes[at]! >= Magic.compressed &&
    bytes[at + 1] === 0x53 &&
    bytes[at + 2] === 0x4d &&
    bytes[at + 3] === 0x42
  );
}

/** Whether the data begins with a session message; where a flow was picked up in the middle it may not. */
function isStart(bytes: Uint8Array, at: number): boolean {
  const type = bytes[at]!;
  return SESSION_TYPES.includes(type) || (type === SESSION_MESSAGE && isMagic(bytes, at + 4));
}
