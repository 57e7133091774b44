/** Builds DNS messages byte by byte, as they are on the wire. */
import { latin1ToBytes } from "../../../../src/core/bytes/latin1.ts";

export function word(value: number): number[] {
  return [(value >> 8) & 255, value & 255];
}

export function long(value: number): number[] {
  return [...word(value >>> 16), ...word(value & 0xffff)];
}

/** "www.example.com" as labels with the end of a name. */
export function name(text: string): number[] {
  const labels = text === "" ? [] : text.split(".");
  return [...labels.flatMap((label) => [label.length, ...latin1ToBytes(label)]), 0];
}

export function pointer(offset: number): number[] {
  return word(0xc000 | offset);
}

export function question(text: string | number[], type: number): number[] {
  return [...(typeof text === "string" ? name(text) : text), ...word(type), ...word(1)];
}

export function record(
  owner: string | number[],
  type: number,
  data: readonly number[],
  ttl = 60,
): number[] {
  const bytes = typeof owner === "string" ? name(owner) : owner;
  return [...bytes, ...word(type), ...word(1), ...long(ttl), ...word(data.length), ...data];
}

export interface MessageParts {
  readonly id?: number;
  readonly flags?: number;
  readonly queries?: readonly number[][];
  readonly answers?: readonly number[][];
  readonly authorities?: readonly number[][];
  readonly additionals?: readonly number[][];
}

export function message({
  id = 1,
  flags = 0x0100,
  queries = [],
  answers = [],
  authorities = [],
  additionals = [],
}: MessageParts): Uint8Array {
  const sections = [queries, answers, authorities, additionals];
  return Uint8Array.from([
    ...word(id),
    ...word(flags),
    ...sections.flatMap((section) => word(section.length)),
    ...sections.flat(2),
  ]);
}

/** Messages as a stream has them, each behind its length. */
export function stream(messages: readonly Uint8Array[]): Uint8Array {
  return Uint8Array.from(messages.flatMap((bytes) => [...word(bytes.length), ...bytes]));
}
