/**
 * The common header of connection-oriented DCE/RPC (C706 §12.6.3.1), the presentation contexts of a bind and the
 * results that answer it. Ranges are (bytes, start, end); readers that go past the end say so by -1.
 */
import { readUint16, readUint16Le, readUint32, readUint32Le } from "../../bytes/endian.ts";

export const PDU_HEADER_BYTES = 16;

export const PduType = {
  request: 0,
  response: 2,
  fault: 3,
  bind: 11,
  bindAck: 12,
  bindNak: 13,
  alterContext: 14,
  alterContextResponse: 15,
  unknown: 99,
} as const;

/** Types above are none. */
export const PDU_TYPE_MAX = 20;

export const PduFlag = { firstFragment: 1, lastFragment: 2 } as const;

const NAMES: readonly string[] = [
  "REQUEST",
  "PING",
  "RESPONSE",
  "FAULT",
  "WORKING",
  "NOCALL",
  "REJECT",
  "ACK",
  "CL_CANCEL",
  "FACK",
  "CANCEL_ACK",
  "BIND",
  "BINDACK",
  "BINDNAK",
  "ALTER_CONTEXT",
  "ALTER_CONTEXT_RESP",
  "AUTH3",
  "SHUTDOWN",
  "CO_CANCEL",
  "ORPHANED",
  "RTS",
];

/** The name that events give a PDU type; its number where it has none. */
export function pduTypeName(type: number): string {
  return type === PduType.unknown ? "UNKNOWN" : (NAMES[type] ?? `${type}`);
}

/** The type that answers a request's type. */
export function answerOf(type: number): number {
  if (type === PduType.request) return PduType.response;
  if (type === PduType.bind) return PduType.bindAck;
  if (type === PduType.alterContext) return PduType.alterContextResponse;
  return PduType.unknown;
}

/** A header as read last; reused. */
export class PduHeader {
  minorVersion = 0;
  type = 0;
  flags = 0;
  isLittleEndian = false;
  /** Bytes of the whole PDU, header included. */
  fragmentBytes = 0;
  callId = 0;

  /** Reads the header at `start`, of which PDU_HEADER_BYTES are there. False when it is no DCE/RPC 5. */
  read(bytes: Uint8Array, start: number): boolean {
    const minorVersion = bytes[start + 1]!;
    if (bytes[start] !== 5 || minorVersion > 1) return false;
    this.readFields(bytes, start);
    return true;
  }

  /** The same for data of a pipe, which is believed to be a PDU whatever its version. */
  readFields(bytes: Uint8Array, start: number): void {
    this.minorVersion = bytes[start + 1]!;
    this.type = bytes[start + 2]!;
    this.flags = bytes[start + 3]!;
    this.isLittleEndian = (bytes[start + 4]! & 0x10) !== 0;
    this.fragmentBytes = this.uint16(bytes, start + 8);
    this.callId = this.uint32(bytes, start + 12);
  }

  has(flag: number): boolean {
    return (this.flags & flag) !== 0;
  }

  uint16(bytes: Uint8Array, at: number): number {
    return this.isLittleEndian ? readUint16Le(bytes, at) : readUint16(bytes, at);
  }

  uint32(bytes: Uint8Array, at: number): number {
    return this.isLittleEndian ? readUint32Le(bytes, at) : readUint32(bytes, at);
  }
}

/** Whether the header has a data representation that exists: what tells DCE/RPC from other data that begins so. */
export function hasKnownRepresentation(bytes: Uint8Array, at: number): boolean {
  return (bytes[at]! & 0xee) === 0 && bytes[at + 1]! <= 3;
}

/** A UUID in the order of its text: the first three fields are little-endian on the wire where the sender is. */
export function readUuid(bytes: Uint8Array, at: number, isLittleEndian: boolean): Uint8Array {
  const uuid = new Uint8Array(16);
  for (let i = 0; i < 16; i++)
    uuid[i] = bytes[at + (isLittleEndian ? LITTLE_ENDIAN_ORDER[i]! : i)]!;
  return uuid;
}

const LITTLE_ENDIAN_ORDER = [3, 2, 1, 0, 5, 4, 7, 6, 8, 9, 10, 11, 12, 13, 14, 15];

/** The text form of 16 bytes that are in the order of the text. */
export function uuidText(uuid: Uint8Array): string {
  let text = "";
  for (let i = 0; i < uuid.length; i++) {
    if (i === 4 || i === 6 || i === 8 || i === 10) text += "-";
    text += uuid[i]!.toString(16).padStart(2, "0");
  }
  return text;
}

/** The 16 bytes of a UUID's text, null when it is none. Braces and missing hyphens are allowed. */
export function parseUuid(text: string): Uint8Array | null {
  const plain =
    /^\{?([0-9a-f]{8})-?([0-9a-f]{4})-?([0-9a-f]{4})-?([0-9a-f]{4})-?([0-9a-f]{12})\}?$/i;
  const parts = plain.exec(text);
  if (parts === null) return null;
  const digits = parts.slice(1).join("");
  return Uint8Array.from({ length: 16 }, (_, i) =>
    Number.parseInt(digits.slice(2 * i, 2 * i + 2), 16),
  );
}
