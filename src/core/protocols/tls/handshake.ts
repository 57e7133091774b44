/**
 * Handshake messages (RFC 8446 §4, RFC 5246 §7.4): put together from records of one direction, then hellos and
 * certificates are read from them; of the others only their coming counts.
 */
import { readUint24 } from "../../bytes/endian.ts";
import { TO_CLIENT, TO_SERVER } from "../direction.ts";
import { decodeHello, isDraftChoice } from "../tls-hello/hello.ts";
import type { HelloFields } from "../tls-hello/hello-fields.ts";
import { ja3Of } from "../tls-hello/ja3.ts";
import { TlsVersion } from "../tls-hello/versions.ts";
import { takeCertificates } from "./certificate-message.ts";
import type { TlsOptions } from "./options.ts";
import { ClientState, HandshakeMark, ServerState, type TlsTransaction } from "./transaction.ts";

/** Longer messages are not put together. */
export const HANDSHAKE_MESSAGE_LIMIT_BYTES = 1 << 20;
const HEADER_BYTES = 4;
const FIRST_CAPACITY_BYTES = 4096;

export const HandshakeType = {
  helloRequest: 0,
  clientHello: 1,
  serverHello: 2,
  newSessionTicket: 4,
  certificate: 11,
  serverKeyExchange: 12,
  certificateRequest: 13,
  serverHelloDone: 14,
  certificateVerify: 15,
  clientKeyExchange: 16,
  finished: 20,
  certificateUrl: 21,
  certificateStatus: 22,
} as const;

const knownTypes: ReadonlySet<number> = new Set(Object.values(HandshakeType));

/** The messages of one direction. */
export class HandshakeReader {
  private readonly transaction: TlsTransaction;
  private readonly direction: number;
  private readonly options: TlsOptions;
  /** The message that goes on in the next record: 0 <= filled < length. */
  private type = -1;
  private length = 0;
  private filled = 0;
  private buffer = new Uint8Array(0);

  constructor(transaction: TlsTransaction, direction: number, options: TlsOptions) {
    this.transaction = transaction;
    this.direction = direction;
    this.options = options;
  }

  /** Takes the contents of a handshake record. False: they are no messages. */
  read(bytes: Uint8Array, start: number, end: number): boolean {
    let at = start;
    while (at < end) {
      if (this.type >= 0) {
        at = this.fill(bytes, at, end);
        continue;
      }
      if (end - at < HEADER_BYTES) {
        this.transaction.note("invalid_ssl_record");
        return false;
      }
      const type = bytes[at]!;
      const length = readUint24(bytes, at + 1);
      at += HEADER_BYTES;
      if (!knownTypes.has(type)) {
        this.noteUnknown();
        at = Math.min(end, at + length);
      } else if (length <= end - at) {
        this.take(type, bytes, at, at + length);
        at += length;
      } else {
        this.begin(type, length);
      }
    }
    return true;
  }

  /** After a change of cipher, types are encrypted too. */
  private noteUnknown(): void {
    const { transaction, direction } = this;
    if (transaction.sides[direction]!.hasChangedCipher) return;
    transaction.note("invalid_handshake_message");
  }

  private begin(type: number, length: number): void {
    this.type = type;
    this.length = length;
    this.filled = 0;
    if (length > HANDSHAKE_MESSAGE_LIMIT_BYTES) this.transaction.note("handshake_invalid_length");
  }

  private fill(bytes: Uint8Array, at: number, end: number): number {
    const taken = Math.min(this.length - this.filled, end - at);
    const isKept = this.length <= HANDSHAKE_MESSAGE_LIMIT_BYTES;
    if (isKept) this.keep(bytes, at, at + taken);
    this.filled += taken;
    if (this.filled < this.length) return at + taken;
    const { type, buffer } = this;
    this.type = -1;
    this.buffer = new Uint8Array(0);
    if (isKept) this.take(type, buffer, 0, this.length);
    return at + taken;
  }

  private keep(bytes: Uint8Array, start: number, end: number): void {
    const needed = this.filled + end - start;
    if (needed > this.buffer.length) {
      const capacity = Math.max(needed, FIRST_CAPACITY_BYTES, 2 * this.buffer.length);
      const grown = new Uint8Array(Math.min(capacity, this.length));
      grown.set(this.buffer.subarray(0, this.filled));
      this.buffer = grown;
    }
    this.buffer.set(bytes.subarray(start, end), this.filled);
  }

  /** A message is whole. */
  private take(type: number, bytes: Uint8Array, start: number, end: number): void {
    const { transaction, direction } = this;
    switch (type) {
      case HandshakeType.clientHello:
        if (direction === TO_SERVER) this.takeClientHello(decodeHello(true, bytes, start, end));
        break;
      case HandshakeType.serverHello:
        if (direction === TO_CLIENT) this.takeServerHello(decodeHello(false, bytes, start, end));
        break;
      case HandshakeType.serverKeyExchange:
        transaction.mark(HandshakeMark.serverKeyExchange);
        break;
      case HandshakeType.clientKeyExchange:
        transaction.mark(HandshakeMark.clientKeyExchange);
        break;
      case HandshakeType.certificate:
        takeCertificates(transaction, direction, bytes, start, end);
        transaction.reach(
          direction,
          direction === TO_SERVER ? ClientState.certificateDone : ServerState.certificateDone,
        );
        break;
      case HandshakeType.certificateRequest:
        if (direction === TO_CLIENT) {
          transaction.needsClientCertificate = true;
          transaction.current = 0;
        }
        break;
      case HandshakeType.serverHelloDone:
        if (direction === TO_CLIENT) transaction.reach(TO_CLIENT, ServerState.helloDone);
        break;
      default:
        break;
    }
  }

  private takeClientHello(hello: HelloFields): void {
    const { transaction, options } = this;
    const { client } = transaction;
    this.noteProblems(hello, client.hello);
    if (hello.version !== TlsVersion.unknown) client.version = hello.version;
    if (hello.hasSessionTicket) transaction.mayBeResumed = true;
    if (client.hello === null) {
      client.hello = hello;
      client.hasJa4 = options.hasJa4;
    }
    if (options.hasJa3 && client.ja3 === null) client.ja3 = ja3Of(hello, options.md5);
    transaction.mark(HandshakeMark.clientHello);
    transaction.reach(TO_SERVER, ClientState.helloDone);
  }

  private takeServerHello(hello: HelloFields): void {
    const { transaction, options } = this;
    const { client, server } = transaction;
    this.noteProblems(hello, null);
    if (hello.version !== TlsVersion.unknown) server.version = hello.version;
    const isChosen = hello.hasVersionExtension && hello.version > TlsVersion.tls12;
    const wasOffered = client.hello?.hasVersionExtension === true;
    if (isDraftChoice(hello.legacyVersion) || (isChosen && wasOffered)) {
      transaction.hidesCertificates = true;
    }
    if (isSame(hello.sessionId, client.hello?.sessionId ?? null)) transaction.mayBeResumed = true;
    server.hello ??= hello;
    if (options.hasJa3 && server.ja3 === null) server.ja3 = ja3Of(hello, options.md5);
    transaction.mark(HandshakeMark.serverHello);
    transaction.reach(TO_CLIENT, ServerState.hello);
  }

  private noteProblems(hello: HelloFields, before: HelloFields | null): void {
    for (const problem of hello.problems) this.transaction.noteHelloProblem(problem);
    if (hello.sni !== null && before !== null && before.sni !== null) {
      this.transaction.noteHelloProblem("multipleSni");
    }
  }
}

function isSame(one: Uint8Array | null, other: Uint8Array | null): boolean {
  if (one === null || other === null || one.length !== other.length) return false;
  return one.every((byte, i) => byte === other[i]);
}
