/** Messages of ONC RPC and NFS for tests (RFC 5531, RFC 1094, RFC 1813). */

export function word(value: number): number[] {
  return [(value >>> 24) & 255, (value >>> 16) & 255, (value >>> 8) & 255, value & 255];
}

export function opaque(bytes: readonly number[]): number[] {
  return [...word(bytes.length), ...bytes, ...zeros((4 - (bytes.length % 4)) % 4)];
}

export function text(value: string): number[] {
  return [...value].map((letter) => letter.charCodeAt(0));
}

export function zeros(count: number): number[] {
  return Array<number>(count).fill(0);
}

/** A handle of so many bytes; version 2 has 32. */
export function handleOf(number: number, byteLength = 16): number[] {
  return [...zeros(byteLength - 1), number];
}

export interface CallOptions {
  readonly version?: number;
  readonly program?: number;
  /** Kind and bytes of the credentials. */
  readonly credentials?: readonly [number, readonly number[]];
}

export function call(
  xid: number,
  procedure: number,
  body: readonly number[],
  { version = 3, program = 100_003, credentials = [0, []] }: CallOptions = {},
): number[] {
  const [type, bytes] = credentials;
  const head = [xid, 0, 2, program, version, procedure, type].flatMap(word);
  return [...head, ...opaque(bytes), ...word(0), ...word(0), ...body];
}

export function reply(xid: number, body: readonly number[]): number[] {
  return [...[xid, 1, 0, 0, 0, 0].flatMap(word), ...body];
}

/** Puts the record mark before a message, or before a fragment of one. */
export function record(message: readonly number[], isLast = true): number[] {
  const mark = word(message.length);
  if (isLast) mark[0]! |= 0x80;
  return [...mark, ...message];
}

export const attributes3 = [...word(1), ...zeros(84)];

export function lookupCall(xid: number, name: string): number[] {
  return call(xid, 3, [...opaque(handleOf(1)), ...opaque(text(name))]);
}

export function lookupReply(xid: number, handle: readonly number[]): number[] {
  return reply(xid, [...word(0), ...opaque(handle), ...attributes3, ...word(0)]);
}

export function readCall(xid: number, handle: readonly number[], offset: number, size: number) {
  return call(xid, 6, [...opaque(handle), ...word(0), ...word(offset), ...word(size)]);
}

export function readReply(xid: number, data: readonly number[], isLast: boolean): number[] {
  const counts = [...word(data.length), ...word(isLast ? 1 : 0)];
  return reply(xid, [...word(0), ...attributes3, ...counts, ...opaque(data)]);
}

/** `stable` 0: a commit follows; 2: it is on disk at once. */
export function writeCall(
  xid: number,
  handle: readonly number[],
  offset: number,
  data: readonly number[],
  stable = 0,
): number[] {
  const numbers = [0, offset, data.length, stable].flatMap(word);
  return call(xid, 7, [...opaque(handle), ...numbers, ...opaque(data)]);
}

export function commitCall(xid: number, handle: readonly number[]): number[] {
  return call(xid, 21, [...opaque(handle), ...zeros(12)]);
}
