/**
 * Follows a TLS connection record by record (RFC 8446 §5.1, RFC 5246 §6.2, SSL 2.0 and 3.0 too) up to where it is
 * encrypted; of what comes then only lengths are seen. A gap ends the reading of its direction.
 *
 * @hotpath
 */
import { readUint16 } from "../../bytes/endian.ts";
import { TO_CLIENT, TO_SERVER } from "../direction.ts";
import { PARSE_FAILED, type ParseHost, type ProtocolParser } from "../protocol.ts";
import { isTlsVersion, TlsVersion } from "../tls-hello/versions.ts";
import { TransactionList } from "../transaction.ts";
import { TlsFrame, tellRecord } from "./frames.ts";
import { HandshakeReader } from "./handshake.ts";
import { HeartbeatWatch } from "./heartbeat.ts";
import type { TlsOptions } from "./options.ts";
import { Ssl2Reader, ssl2RecordBytes } from "./ssl2.ts";
import { ClientState, HandshakeMark, ServerState, TlsTransaction } from "./transaction.ts";

/** Longer records are refused (RFC 5246 §6.2.1). */
export const RECORD_LIMIT_BYTES = 1 << 14;
const HEADER_BYTES = 5;
/** Either bit in the first byte: an SSL 2.0 record. */
const SSL2_BITS = 0xc0;
const ALERT_BYTES = 2;
const ALERT_FATAL = 2;
const HANDSHAKE_BYTES_MIN = 4;

const RecordType = {
  changeCipher: 20,
  alert: 21,
  handshake: 22,
  application: 23,
  heartbeat: 24,
} as const;

/** Records of one delivery: this many, or one in so many bytes; more are no conversation. */
const RECORDS_PER_CALL_MIN = 30;
const RECORD_BYTES_USUAL = 48;
/** Answers of `record` beside the bytes it took. */
const FAILED = -1;
const NEEDS_MORE = 0;

export class TlsParser implements ProtocolParser {
  readonly transactions = new TransactionList<TlsTransaction>();
  private readonly options: TlsOptions;
  private readonly transaction: TlsTransaction;
  private readonly handshakes: readonly [HandshakeReader, HandshakeReader];
  private readonly heartbeats = new HeartbeatWatch();
  private readonly ssl2 = new Ssl2Reader();
  /** Bytes of an application record still to come, by direction. */
  private readonly skipBytes: [number, number] = [0, 0];
  /** Bytes were lost: where records begin is not known any more, by direction. */
  private readonly hasLost: [boolean, boolean] = [false, false];
  private isStopped = false;
  /** The record that is waited for was told of as a frame, by direction. */
  private readonly isTold: [boolean, boolean] = [false, false];

  constructor(options: TlsOptions) {
    const transaction = new TlsTransaction();
    this.options = options;
    this.transaction = this.transactions.add(transaction, 0);
    this.handshakes = [
      new HandshakeReader(transaction, TO_SERVER, options),
      new HandshakeReader(transaction, TO_CLIENT, options),
    ];
  }

  parse(direction: number, bytes: Uint8Array, start: number, end: number, host: ParseHost): number {
    const { transaction, transactions } = this;
    if (this.hasLost[direction]) return end - start;
    transactions.isChanged = true;
    transaction.lastUs = host.timeUs;
    if (transaction.startUs === 0) transaction.startUs = host.timeUs;
    if (this.skipBytes[direction] === 0) transaction.current = 0;
    const recordsMax = Math.max(RECORDS_PER_CALL_MIN, (end - start) / RECORD_BYTES_USUAL);
    let records = 0;
    let at = start;
    while (at < end) {
      if (++records > recordsMax) {
        transaction.note("too_many_records_in_packet");
        return PARSE_FAILED;
      }
      const isSkipping = this.skipBytes[direction]! > 0;
      const taken = isSkipping
        ? this.skip(direction, at, end, host)
        : this.record(direction, bytes, at, end, host);
      if (taken === FAILED) return PARSE_FAILED;
      if (taken === NEEDS_MORE) {
        // As long as a record is cut short, what came before it does not end the handshake.
        if (end - at < HEADER_BYTES) this.noteHandshake();
        return at - start;
      }
      at += taken;
    }
    this.noteHandshake();
    return at - start;
  }

  /** The other direction may still show a certificate. */
  gap(direction: number): boolean {
    this.hasLost[direction] = true;
    return true;
  }

  end(direction: number): void {
    const state = direction === TO_SERVER ? ClientState.finished : ServerState.finished;
    this.transaction.reach(direction, state);
    this.transactions.isChanged = true;
  }

  /** Takes the record at `at`. Returns its bytes, NEEDS_MORE or FAILED. */
  private record(
    direction: number,
    bytes: Uint8Array,
    at: number,
    end: number,
    host: ParseHost,
  ): number {
    const side = this.transaction.sides[direction]!;
    if ((bytes[at]! & SSL2_BITS) !== 0) {
      side.version = TlsVersion.ssl2;
      return this.ssl2Record(direction, bytes, at, end, host);
    }
    if (side.version === TlsVersion.ssl2) side.version = TlsVersion.unknown;
    if (end - at < HEADER_BYTES) return NEEDS_MORE;
    const type = bytes[at]!;
    const length = readUint16(bytes, at + 3);
    const isKnown = type >= RecordType.changeCipher && type <= RecordType.heartbeat;
    if (!isKnown) return this.unknownRecord(side.version, end - at);
    if (!this.checkHeader(direction, readUint16(bytes, at + 1), length)) return FAILED;
    if (!this.isTold[direction]) tellRecord(host, direction, at, HEADER_BYTES, length);
    this.isTold[direction] = type !== RecordType.application && end - at - HEADER_BYTES < length;
    if (type === RecordType.application) {
      this.noteApplicationData(direction, host);
      this.skipBytes[direction] = length;
      return HEADER_BYTES;
    }
    if (end - at - HEADER_BYTES < length) return NEEDS_MORE;
    const from = at + HEADER_BYTES;
    if (type === RecordType.alert) host.frames?.add(direction, TlsFrame.alert, from, length);
    if (type === RecordType.heartbeat) {
      host.frames?.add(direction, TlsFrame.heartbeat, from, length);
    }
    if (!this.contents(type, direction, bytes, from, from + length)) return FAILED;
    host.triggerRaw(direction);
    return HEADER_BYTES + length;
  }

  /** Old versions allow other record types: all that came with one is passed over. */
  private unknownRecord(version: number, available: number): number {
    this.transaction.note("invalid_record_type");
    const isAllowed = version === TlsVersion.tls10 || version === TlsVersion.tls11;
    return isAllowed ? available : FAILED;
  }

  private checkHeader(direction: number, version: number, length: number): boolean {
    const { transaction } = this;
    const side = transaction.sides[direction]!;
    const hello = direction === TO_SERVER ? HandshakeMark.clientHello : HandshakeMark.serverHello;
    const isSettled = (transaction.seen & hello) !== 0 && side.version !== TlsVersion.unknown;
    if (!isSettled) side.version = version;
    if (length === 0 || length > RECORD_LIMIT_BYTES) {
      const isValid = length === 0 || isTlsVersion(side.version);
      transaction.note(isValid ? "invalid_record_length" : "invalid_record_version");
      return false;
    }
    if (isTlsVersion(side.version)) return true;
    transaction.note("invalid_record_version");
    return false;
  }

  private contents(
    type: number,
    direction: number,
    bytes: Uint8Array,
    start: number,
    end: number,
  ): boolean {
    const { transaction } = this;
    switch (type) {
      case RecordType.changeCipher:
        transaction.sides[direction]!.hasChangedCipher = true;
        if (direction === TO_SERVER) transaction.reach(TO_SERVER, ClientState.handshakeDone);
        return true;
      case RecordType.alert:
        return this.alert(bytes, start, end);
      case RecordType.heartbeat:
        return this.heartbeats.read(transaction, direction, bytes, start, end);
      default:
        return this.handshake(direction, bytes, start, end);
    }
  }

  /** Longer alerts are encrypted. A fatal one ends the connection. */
  private alert(bytes: Uint8Array, start: number, end: number): boolean {
    const { transaction } = this;
    if (end - start < ALERT_BYTES) {
      transaction.note("invalid_alert_message");
      return false;
    }
    if (end - start === ALERT_BYTES && bytes[start] === ALERT_FATAL) {
      transaction.reach(TO_SERVER, ClientState.finished);
      transaction.reach(TO_CLIENT, ServerState.finished);
    }
    return true;
  }

  private handshake(direction: number, bytes: Uint8Array, start: number, end: number): boolean {
    const { transaction } = this;
    if (transaction.hasChangedCipher && !this.mayChangeCipherEarly()) return true;
    if (end - start < HANDSHAKE_BYTES_MIN) {
      transaction.note("invalid_ssl_record");
      return false;
    }
    if (this.handshakes[direction]!.read(bytes, start, end)) return true;
    transaction.note("invalid_handshake_message");
    return false;
  }

  /** A client of TLS 1.3 sends a change of cipher for middleboxes (RFC 8446 §D.4): its hellos stay in the clear. */
  private mayChangeCipherEarly(): boolean {
    const { client, seen } = this.transaction;
    const hasClientHello = (seen & HandshakeMark.clientHello) !== 0;
    const hasServerHello = (seen & HandshakeMark.serverHello) !== 0;
    return hasClientHello && client.version > TlsVersion.tls12 && !hasServerHello;
  }

  private skip(direction: number, at: number, end: number, host: ParseHost): number {
    const taken = Math.min(this.skipBytes[direction]!, end - at);
    this.skipBytes[direction]! -= taken;
    if (this.skipBytes[direction] === 0) host.triggerRaw(direction);
    return taken;
  }

  /** Data ends the handshake of its side, unless it is early (RFC 8446 §2.3). */
  private noteApplicationData(direction: number, host: ParseHost): void {
    const { transaction } = this;
    const isEarly = transaction.client.hello?.hasEarlyData === true;
    if (isEarly && (transaction.seen & HandshakeMark.serverHello) === 0) return;
    const state = direction === TO_SERVER ? ClientState.handshakeDone : ServerState.handshakeDone;
    transaction.reach(direction, state);
    this.stopLooking(host);
  }

  private stopLooking(host: ParseHost): void {
    const { encryption } = this.options;
    if (this.isStopped || encryption === "full") return;
    this.isStopped = true;
    host.stopPayloadInspection();
    if (encryption !== "bypass") return;
    host.stopReassembly();
    host.bypass();
  }

  private ssl2Record(
    direction: number,
    bytes: Uint8Array,
    at: number,
    end: number,
    host: ParseHost,
  ): number {
    const length = ssl2RecordBytes(bytes, at, end);
    if (length === 0 || length > end - at) return NEEDS_MORE;
    if (length > 0) {
      host.frames?.add(direction, TlsFrame.ssl2Header, at, (bytes[at]! & 0x80) === 0 ? 3 : 2);
      host.frames?.add(direction, TlsFrame.ssl2Pdu, at, length);
    }
    if (length < 0) this.transaction.note("invalid_sslv2_header");
    if (length < 0 || !this.ssl2.read(this.transaction, direction, bytes, at, at + length)) {
      this.transaction.note("invalid_ssl_record");
      return FAILED;
    }
    if (this.ssl2.isEncrypted) this.stopLooking(host);
    return length;
  }

  /** The handshake counts as done when the certificates that are to come have come. */
  private noteHandshake(): void {
    const { transaction } = this;
    const { client, server, needsClientCertificate } = transaction;
    if ((needsClientCertificate ? client : server).certificate === null) return;
    transaction.reach(TO_SERVER, ClientState.handshakeDone);
    transaction.reach(TO_CLIENT, ServerState.handshakeDone);
  }
}
