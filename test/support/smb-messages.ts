/** Builds SMB 2 and DCE/RPC messages as they are on the wire. */

export function le16(value: number): number[] {
  return [value & 0xff, (value >> 8) & 0xff];
}

export function le32(value: number): number[] {
  return [...le16(value), ...le16(value >>> 16)];
}

export function le64(value: number): number[] {
  return [...le32(value >>> 0), ...le32(Math.floor(value / 0x1_0000_0000))];
}

export function zeros(count: number): number[] {
  return new Array(count).fill(0);
}

export function ascii(text: string): number[] {
  return [...text].map((letter) => letter.charCodeAt(0));
}

export function utf16(text: string): number[] {
  return ascii(text).flatMap((byte) => [byte, 0]);
}

/** A NetBIOS session message around SMB messages. */
export function session(...messages: readonly (readonly number[])[]): Uint8Array {
  const body = messages.flat();
  const { length } = body;
  return Uint8Array.from([0, length >> 16, (length >> 8) & 0xff, length & 0xff, ...body]);
}

export interface Smb2Fields {
  readonly command: number;
  readonly messageId: number;
  readonly isResponse?: boolean;
  readonly status?: number;
  readonly treeId?: number;
  readonly sessionId?: number;
  readonly next?: number;
}

export function smb2(fields: Smb2Fields, body: readonly number[]): number[] {
  return [
    ...[0xfe, 0x53, 0x4d, 0x42],
    ...le16(64),
    ...le16(0),
    ...le32(fields.status ?? 0),
    ...le16(fields.command),
    ...le16(1),
    ...le32(fields.isResponse === true ? 1 : 0),
    ...le32(fields.next ?? 0),
    ...le64(fields.messageId),
    ...le32(0),
    ...le32(fields.treeId ?? 1),
    ...le64(fields.sessionId ?? 7),
    ...zeros(16),
    ...body,
  ];
}

export const fileId = Array.from({ length: 16 }, (_, i) => i + 1);

export function treeConnectBody(path: string): number[] {
  return [...le16(9), ...le16(0), ...le16(72), ...le16(2 * path.length), ...utf16(path)];
}

export function treeConnectAnswer(shareType: number): number[] {
  return [...le16(16), shareType, ...zeros(13)];
}

export function createBody(name: string, options = 0): number[] {
  return [
    ...zeros(36),
    ...le32(1),
    ...le32(options),
    ...le16(64 + 56),
    ...le16(2 * name.length),
    ...zeros(8),
    ...utf16(name),
  ];
}

export function createAnswer(sizeBytes: number): number[] {
  return [...zeros(48), ...le64(sizeBytes), ...zeros(8), ...fileId, ...zeros(8)];
}

export function writeBody(offset: number, data: readonly number[]): number[] {
  return [
    ...le16(49),
    ...le16(64 + 48),
    ...le32(data.length),
    ...le64(offset),
    ...fileId,
    ...zeros(16),
    ...data,
  ];
}

export function readBody(offset: number, length: number): number[] {
  return [...le16(49), 0, 0, ...le32(length), ...le64(offset), ...fileId, ...zeros(16)];
}

export function readAnswer(data: readonly number[]): number[] {
  return [...le16(17), 64 + 16, 0, ...le32(data.length), ...zeros(8), ...data];
}

export function closeBody(): number[] {
  return [...le16(24), ...zeros(6), ...fileId];
}

/** A connection-oriented PDU, little-endian. */
export function pdu(type: number, callId: number, body: readonly number[], flags = 3): Uint8Array {
  return Uint8Array.from([
    ...[5, 0, type, flags, 0x10, 0, 0, 0],
    ...le16(16 + body.length),
    ...le16(0),
    ...le32(callId),
    ...body,
  ]);
}

/** The service control manager, as on the wire. */
export const scmUuid = [
  ...[0x81, 0xbb, 0x7a, 0x36, 0x44, 0x98, 0xf1, 0x35],
  ...[0xad, 0x32, 0x98, 0xf0, 0x38, 0x00, 0x10, 0x03],
];
export const scmText = "367abb81-9844-35f1-ad32-98f038001003";

export function bindBody(contextId = 0): number[] {
  return [
    ...le16(4280),
    ...le16(4280),
    ...le32(0),
    ...[1, 0, 0, 0],
    ...le16(contextId),
    ...[1, 0],
    ...scmUuid,
    ...le16(2),
    ...le16(0),
    ...zeros(20),
  ];
}

export function bindAckBody(result = 0): number[] {
  return [
    ...le16(4280),
    ...le16(4280),
    ...le32(1),
    ...le16(4),
    ...ascii("135\0"),
    ...zeros(2),
    ...[1, 0, 0, 0],
    ...le16(result),
    ...le16(0),
    ...zeros(20),
  ];
}

export function requestBody(operation: number, stub: readonly number[], contextId = 0): number[] {
  return [...le32(stub.length), ...le16(contextId), ...le16(operation), ...stub];
}
