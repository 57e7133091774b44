/** What is read from a hello, and the place in its bytes while it is read. */
import { readUint16 } from "../../bytes/endian.ts";
import { isGrease } from "./grease.ts";
import { TlsVersion } from "./versions.ts";

/** What may be wrong; places in `HelloFields.problems`. */
export const HelloProblem = {
  length: "length",
  sniType: "sniType",
  sniLength: "sniLength",
  multipleSni: "multipleSni",
} as const;
export type HelloProblemName = (typeof HelloProblem)[keyof typeof HelloProblem];

/** The fields of a side's hello; all lists in the order of the wire, without GREASE. */
export class HelloFields {
  readonly isClient: boolean;
  /** The version that the last hello asks for or chose, drafts and extensions heeded; TlsVersion.unknown before. */
  version: number = TlsVersion.unknown;
  /** Version field of the hello; the first known one of the extension where the client sent it. */
  offeredVersion: number = TlsVersion.unknown;
  /** Version field as it was sent. */
  legacyVersion = 0;
  random: Uint8Array | null = null;
  sessionId: Uint8Array | null = null;
  ciphers: number[] = [];
  extensions: number[] = [];
  curves: number[] = [];
  pointFormats: number[] = [];
  signatureAlgorithms: number[] = [];
  alpns: Uint8Array[] = [];
  sni: Uint8Array | null = null;
  hasVersionExtension = false;
  hasEarlyData = false;
  hasSessionTicket = false;
  /** How far the decoding came: what a fingerprint of it can hold. */
  reached: "nothing" | "version" | "ciphers" | "end" = "nothing";
  readonly problems: HelloProblemName[] = [];

  constructor(isClient: boolean) {
    this.isClient = isClient;
  }
}

/** A place in a message; the parts of the decoder move it. */
export class HelloCursor {
  readonly bytes: Uint8Array;
  at: number;
  readonly end: number;

  constructor(bytes: Uint8Array, start: number, end: number) {
    this.bytes = bytes;
    this.at = start;
    this.end = end;
  }

  has(byteLength: number): boolean {
    return this.end - this.at >= byteLength;
  }

  uint8(): number {
    return this.bytes[this.at++]!;
  }

  uint16(): number {
    this.at += 2;
    return readUint16(this.bytes, this.at - 2);
  }

  take(byteLength: number): Uint8Array {
    this.at += byteLength;
    return this.bytes.slice(this.at - byteLength, this.at);
  }
}

/** 16-bit values, GREASE left out. */
export function takeValues(cursor: HelloCursor, byteLength: number): number[] {
  const values: number[] = [];
  for (let i = 0; i < byteLength; i += 2) {
    const value = cursor.uint16();
    if (!isGrease(value)) values.push(value);
  }
  return values;
}
