/**
 * Reads connections of HTTP/2 (RFC 9113): the preface, then frames of both directions, which go to the transaction
 * of their stream. Bodies are taken as they come; other frames when they are whole.
 */
import { readUint24, readUint32 } from "../../bytes/endian.ts";
import { latin1ToBytes } from "../../bytes/latin1.ts";
import { TO_SERVER } from "../direction.ts";
import { FileState } from "../file.ts";
import type { UpgradedRequest } from "../http/upgrade.ts";
import { PARSE_FAILED, type ParseHost, type ProtocolParser } from "../protocol.ts";
import { TransactionList } from "../transaction.ts";
import { checkAuthority } from "./authority.ts";
import { endBody, takeBody } from "./bodies.ts";
import { DnsMessages, isDnsMediaType } from "./dns-messages.ts";
import {
  type Frame,
  FrameFlag,
  FrameProblem,
  FrameType,
  HEADER_TABLE_SIZE,
  newFrame,
  readFrame,
} from "./frames.ts";
import { HeaderBlocks } from "./header-blocks.ts";
import type { Http2Options } from "./options.ts";
import { tellFrame } from "./protocol-frames.ts";
import { Http2Event, Http2State, Http2Transaction } from "./transaction.ts";
import { settingsOfUpgrade, streamOfUpgrade } from "./upgrade.ts";

const PREFACE = latin1ToBytes("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");
const FRAME_HEADER_BYTES = 9;
/** Frames but DATA of up to this length are read whole, others are skipped; bytes. */
export const FRAME_BYTES_MAX = 16_384;

/** Closed streams that are remembered, to tell frames that come late. */
const CLOSED_STREAMS_MAX = 256;

/** Frames that may come for a closed stream. */
const lateTypes: ReadonlySet<number> = new Set([
  FrameType.rstStream,
  FrameType.windowUpdate,
  FrameType.priority,
]);

const halfClosed = [Http2State.halfClosedClient, Http2State.halfClosedServer] as const;

/** The protocol that a flow is once a stream of it carried a DNS message. */
const DNS_KIND = "doh2";

/** A frame whose header was read. */
interface OpenFrame {
  readonly type: number;
  readonly flags: number;
  readonly streamId: number;
  /** Bytes of the payload that are still to come. */
  leftBytes: number;
  /** Of them, padding at the end. */
  paddingBytes: number;
}

export class Http2Parser implements ProtocolParser {
  readonly transactions = new TransactionList<Http2Transaction>();
  private readonly options: Http2Options;
  private readonly blocks: readonly [HeaderBlocks, HeaderBlocks];
  /** DATA that goes on, or a frame that is skipped, by direction. */
  private readonly open: [OpenFrame | null, OpenFrame | null] = [null, null];
  /** The frame that is waited for was told of, by direction. */
  private readonly isTold: [boolean, boolean] = [false, false];
  private hasPreface = false;
  private upgraded: UpgradedRequest | null;
  /** Streams that are not closed, by their number. */
  private readonly streams = new Map<number, Http2Transaction>();
  /** The last that were closed. */
  private readonly closed = new Map<number, Http2Transaction>();

  /** `upgraded`: the request of HTTP/1 that the connection goes on from; null without. */
  constructor(options: Http2Options, upgraded: UpgradedRequest | null = null) {
    this.options = options;
    this.blocks = [new HeaderBlocks(options), new HeaderBlocks(options)];
    this.upgraded = upgraded;
  }

  parse(direction: number, bytes: Uint8Array, start: number, end: number, host: ParseHost): number {
    this.transactions.isChanged = true;
    if (this.upgraded !== null) this.goOn(this.upgraded, host);
    let at = start;
    if (direction === TO_SERVER && !this.hasPreface) {
      if (end - start < PREFACE.length) return 0;
      at += this.takePreface(bytes, start, host);
    }
    while (at < end) {
      const next = this.takeSome(direction, bytes, at, end, host);
      if (next < 0) return PARSE_FAILED;
      if (next === at) break;
      at = next;
    }
    return at - start;
  }

  end(direction: number): void {
    for (const transaction of this.streams.values()) {
      endBody(transaction, direction, FileState.truncated);
    }
    this.transactions.isChanged = true;
  }

  private goOn(upgraded: UpgradedRequest, host: ParseHost): void {
    this.upgraded = null;
    const stream = this.transactions.add(streamOfUpgrade(upgraded), host.timeUs);
    this.streams.set(stream.streamId, stream);
    const settings = settingsOfUpgrade(upgraded);
    if (settings === null) return;
    if (settings === "invalid") {
      stream.addEvent(Http2Event.invalidHttp1Settings);
      return;
    }
    const global = new Http2Transaction(0, Http2State.global);
    global.request.add(settings);
    this.transactions.add(global, host.timeUs);
  }

  private takePreface(bytes: Uint8Array, start: number, host: ParseHost): number {
    this.hasPreface = true;
    for (let i = 0; i < PREFACE.length; i++) {
      if (bytes[start + i] === PREFACE[i]) continue;
      this.globalEvent(Http2Event.invalidClientMagic, host);
      return 0;
    }
    return PREFACE.length;
  }

  /** Goes on by a frame or a part of one. Returns `at` when more is needed, negative to give up. */
  private takeSome(
    direction: number,
    bytes: Uint8Array,
    at: number,
    end: number,
    host: ParseHost,
  ): number {
    const open = this.open[direction]!;
    if (open !== null) return this.takeOpen(open, direction, bytes, at, end, host);
    if (end - at < FRAME_HEADER_BYTES) return at;
    const length = readUint24(bytes, at);
    if (!this.isTold[direction]) tellFrame(host, direction, at, FRAME_HEADER_BYTES, length);
    const next = this.takeFrameAt(direction, bytes, at, end, length, host);
    this.isTold[direction as 0 | 1] = next === at;
    return next;
  }

  private takeFrameAt(
    direction: number,
    bytes: Uint8Array,
    at: number,
    end: number,
    length: number,
    host: ParseHost,
  ): number {
    const type = bytes[at + 3]!;
    const flags = bytes[at + 4]!;
    const streamId = readUint32(bytes, at + 5) & 0x7fff_ffff;
    if (type > FrameType.continuation) {
      this.globalEvent(Http2Event.invalidFrameHeader, host);
      return this.begin(
        { type, flags, streamId, leftBytes: length, paddingBytes: 0 },
        direction,
        at,
      );
    }
    if (type === FrameType.data) {
      return this.beginData(direction, bytes, at, end, length, flags, streamId, host);
    }
    if (length > FRAME_BYTES_MAX) {
      this.find(streamId, type, host).addEvent(Http2Event.longFrameData);
      return this.begin(
        { type, flags, streamId, leftBytes: length, paddingBytes: 0 },
        direction,
        at,
      );
    }
    const payload = at + FRAME_HEADER_BYTES;
    if (payload + length > end) return at;
    this.takeFrame(direction, type, flags, streamId, bytes, payload, payload + length, host);
    return payload + length;
  }

  private begin(frame: OpenFrame, direction: number, at: number): number {
    if (frame.leftBytes > 0) this.open[direction as 0 | 1] = frame;
    return at + FRAME_HEADER_BYTES;
  }

  private beginData(
    direction: number,
    bytes: Uint8Array,
    at: number,
    end: number,
    length: number,
    flags: number,
    streamId: number,
    host: ParseHost,
  ): number {
    const isPadded = (flags & FrameFlag.padded) !== 0 && length > 0;
    const payload = at + FRAME_HEADER_BYTES;
    if (isPadded && payload >= end) return at;
    const transaction = this.find(streamId, FrameType.data, host);
    if (streamId === 0) transaction.addEvent(Http2Event.dataStreamZero);
    this.keep(transaction, direction, newFrame(FrameType.data));
    transaction.advance(direction === TO_SERVER ? Http2State.dataClient : Http2State.dataServer);
    const padLength = isPadded ? bytes[payload]! : 0;
    const leftBytes = length - (isPadded ? 1 : 0);
    if (padLength > leftBytes) transaction.addEvent(Http2Event.invalidFrameData);
    const paddingBytes = Math.min(padLength, leftBytes);
    const type = FrameType.data;
    const frame = { type, flags, streamId, leftBytes, paddingBytes };
    if (leftBytes === 0) this.endFrame(transaction, flags, direction, host);
    return this.begin(frame, direction, at) + (isPadded ? 1 : 0);
  }

  /** More of a frame that is taken in pieces. */
  private takeOpen(
    open: OpenFrame,
    direction: number,
    bytes: Uint8Array,
    at: number,
    end: number,
    host: ParseHost,
  ): number {
    const taken = Math.min(open.leftBytes, end - at);
    const transaction = this.streams.get(open.streamId) ?? null;
    if (open.type === FrameType.data && transaction !== null) {
      const bodyBytes = Math.min(taken, open.leftBytes - open.paddingBytes);
      takeBody(transaction, direction, bytes, at, at + Math.max(0, bodyBytes), host);
    }
    open.leftBytes -= taken;
    open.paddingBytes = Math.min(open.paddingBytes, open.leftBytes);
    if (open.leftBytes === 0) {
      this.open[direction as 0 | 1] = null;
      if (transaction !== null) this.endFrame(transaction, open.flags, direction, host);
    }
    return at + taken;
  }

  private takeFrame(
    direction: number,
    type: number,
    flags: number,
    streamId: number,
    bytes: Uint8Array,
    start: number,
    end: number,
    host: ParseHost,
  ): void {
    if (
      type === FrameType.headers ||
      type === FrameType.pushPromise ||
      type === FrameType.continuation
    ) {
      this.takeHeaders(direction, type, flags, streamId, bytes, start, end, host);
      return;
    }
    // The consent to SETTINGS says nothing.
    const isConsent = type === FrameType.settings && (flags & FrameFlag.ack) !== 0;
    if (isConsent && streamId === 0 && start === end) return;
    const transaction = this.find(streamId, type, host);
    const frame = readFrame(type, bytes, start, end);
    if (typeof frame === "number") {
      transaction.addEvent(
        frame === FrameProblem.invalidLength
          ? Http2Event.invalidFrameLength
          : Http2Event.invalidFrameData,
      );
      return;
    }
    this.keep(transaction, direction, frame);
    for (const { id, value } of frame.settings) {
      // The size is that of the table which the other side fills.
      if (id === HEADER_TABLE_SIZE) this.blocks[(1 - direction) as 0 | 1].decoder.announce(value);
    }
    if (type === FrameType.rstStream) this.close(transaction);
    host.triggerRaw(direction);
  }

  private takeHeaders(
    direction: number,
    type: number,
    flags: number,
    streamId: number,
    bytes: Uint8Array,
    start: number,
    end: number,
    host: ParseHost,
  ): void {
    const blocks = this.blocks[direction as 0 | 1];
    blocks.take(type, flags, streamId, bytes, start, end);
    const transaction = this.find(blocks.streamId, type, host);
    for (const event of blocks.events) transaction.addEvent(event);
    const { frame } = blocks;
    if (frame === null) return;
    this.keep(transaction, direction, frame);
    if (!blocks.isWhole) return;
    if (blocks.type === FrameType.pushPromise) transaction.advance(Http2State.reserved);
    if (direction === TO_SERVER) checkAuthority(transaction);
    if (blocks.type === FrameType.headers) lookForDns(transaction, direction, host);
    if (blocks.type === FrameType.headers)
      this.endFrame(transaction, blocks.flags, direction, host);
    host.triggerRaw(direction);
  }

  /** A whole frame was taken: the side may end with it. */
  private endFrame(
    transaction: Http2Transaction,
    flags: number,
    direction: number,
    host: ParseHost,
  ): void {
    if ((flags & FrameFlag.endStream) === 0) return;
    const { hasEnded } = transaction;
    endBody(transaction, direction);
    if (transaction.dns?.endBody(direction) === true) host.specialise?.(DNS_KIND);
    hasEnded[direction as 0 | 1] = true;
    if (hasEnded[0] && hasEnded[1]) this.close(transaction);
    else transaction.advance(halfClosed[direction]!);
    host.triggerRaw(direction);
  }

  private close(transaction: Http2Transaction): void {
    transaction.advance(Http2State.closed);
    for (const direction of [0, 1]) endBody(transaction, direction, FileState.truncated);
    this.streams.delete(transaction.streamId);
    this.closed.set(transaction.streamId, transaction);
    if (this.closed.size <= CLOSED_STREAMS_MAX) return;
    for (const oldest of this.closed.keys()) {
      this.closed.delete(oldest);
      return;
    }
  }

  private find(streamId: number, type: number, host: ParseHost): Http2Transaction {
    if (streamId === 0) {
      return this.transactions.add(new Http2Transaction(0, Http2State.global), host.timeUs);
    }
    const known = this.streams.get(streamId);
    if (known !== undefined) return known;
    const closed = this.closed.get(streamId);
    if (closed !== undefined && this.isListed(closed)) {
      if (!lateTypes.has(type)) closed.addEvent(Http2Event.streamIdReuse);
      return closed;
    }
    if (this.streams.size >= this.options.streamsMax) this.giveUpOldest();
    const made = new Http2Transaction(streamId, Http2State.open);
    this.transactions.add(made, host.timeUs);
    if (closed !== undefined && lateTypes.has(type)) made.advance(Http2State.closed);
    else this.streams.set(streamId, made);
    return made;
  }

  /** Rules and records may still look at it. */
  private isListed(transaction: Http2Transaction): boolean {
    const [first] = this.transactions.items;
    return first !== undefined && first.id <= transaction.id;
  }

  private giveUpOldest(): void {
    for (const oldest of this.streams.values()) {
      oldest.addEvent(Http2Event.tooManyStreams);
      this.close(oldest);
      return;
    }
  }

  private keep(transaction: Http2Transaction, direction: number, frame: Frame): void {
    const message = transaction.messages[direction as 0 | 1];
    if (message.frames.length < this.options.framesMax) message.add(frame);
    else transaction.addEvent(Http2Event.tooManyFrames);
  }

  private globalEvent(event: number, host: ParseHost): void {
    const last = this.transactions.last;
    const transaction =
      last ?? this.transactions.add(new Http2Transaction(0, Http2State.global), host.timeUs);
    transaction.addEvent(event);
  }
}

/** The fields of a message may tell of DNS: in the path, or in the body to come. */
function lookForDns(transaction: Http2Transaction, direction: number, host: ParseHost): void {
  const message = transaction.messages[direction as 0 | 1];
  if (isDnsMediaType(message.first("content-type"))) {
    transaction.dns ??= new DnsMessages();
    transaction.dns.expect(direction);
  }
  const path = direction === TO_SERVER ? message.first(":path") : null;
  if (path === null || !isDnsMediaType(message.first("accept"))) return;
  transaction.dns ??= new DnsMessages();
  if (transaction.dns.takePath(path)) host.specialise?.(DNS_KIND);
}
