/**
 * SSL 2.0 records and the messages in them (draft-hickman-netscape-ssl-00), as far as old clients use them to
 * begin a newer version: the version that a hello asks for, and when both sides encrypt.
 */
import { readUint16 } from "../../bytes/endian.ts";
import { TO_CLIENT, TO_SERVER } from "../direction.ts";
import { ClientState, HandshakeMark, ServerState, type TlsTransaction } from "./transaction.ts";

const MessageType = {
  error: 0,
  clientHello: 1,
  clientMasterKey: 2,
  clientFinished: 3,
  serverHello: 4,
  serverVerify: 5,
  serverFinished: 6,
  requestCertificate: 7,
  clientCertificate: 8,
} as const;

const SHORT_HEADER = 0x80;
/** Version, cipher length and session length of a client's hello, and its type. */
const CLIENT_HELLO_BYTES_MIN = 7;

/** Bytes of the record at `at`, header included; 0 when its header is not whole, -1 for an empty record. */
export function ssl2RecordBytes(bytes: Uint8Array, at: number, end: number): number {
  const header = headerBytes(bytes[at]!);
  if (end - at < header + 1) return 0;
  const mask = header === 2 ? 0x7fff : 0x3fff;
  const length = readUint16(bytes, at) & mask;
  return length === 0 ? -1 : header + length;
}

function headerBytes(first: number): number {
  return (first & SHORT_HEADER) !== 0 ? 2 : 3;
}

export class Ssl2Reader {
  private hasClientHello = false;
  private hasServerHello = false;
  private hasSession = true;
  private hasMasterKey = false;
  private readonly encrypts: [boolean, boolean] = [false, false];

  /** Both sides encrypt. */
  get isEncrypted(): boolean {
    return this.encrypts[TO_SERVER] && this.encrypts[TO_CLIENT];
  }

  /** Takes a whole record. False: it is none. */
  read(
    transaction: TlsTransaction,
    direction: number,
    bytes: Uint8Array,
    at: number,
    end: number,
  ): boolean {
    const start = at + headerBytes(bytes[at]!);
    switch (bytes[start]!) {
      case MessageType.error:
        transaction.note("error_message_encountered");
        break;
      case MessageType.clientHello:
        return this.takeClientHello(transaction, direction, bytes, start, end);
      case MessageType.serverHello:
        this.hasServerHello = true;
        transaction.mark(HandshakeMark.serverHello);
        transaction.reach(TO_CLIENT, ServerState.hello);
        break;
      case MessageType.clientMasterKey:
        this.hasMasterKey = true;
        break;
      case MessageType.clientCertificate:
        if (direction === TO_SERVER) transaction.mark(HandshakeMark.clientKeyExchange);
        this.noteEncryption(direction);
        break;
      case MessageType.serverVerify:
      case MessageType.serverFinished:
      case MessageType.clientFinished:
      case MessageType.requestCertificate:
        this.noteEncryption(direction);
        break;
      default:
        break;
    }
    return true;
  }

  private takeClientHello(
    transaction: TlsTransaction,
    direction: number,
    bytes: Uint8Array,
    start: number,
    end: number,
  ): boolean {
    if (end - start < CLIENT_HELLO_BYTES_MIN) return false;
    this.hasClientHello = true;
    transaction.sides[direction]!.version = readUint16(bytes, start + 1);
    this.hasSession = readUint16(bytes, start + 5) !== 0;
    transaction.mark(HandshakeMark.clientHello);
    transaction.reach(TO_SERVER, ClientState.helloDone);
    return true;
  }

  /** These messages follow the hellos: whoever sends one encrypts. */
  private noteEncryption(direction: number): void {
    if (!this.hasClientHello || !this.hasServerHello) return;
    if (direction === TO_CLIENT || !this.hasSession || this.hasMasterKey) {
      this.encrypts[direction === TO_CLIENT ? TO_CLIENT : TO_SERVER] = true;
    }
  }
}
