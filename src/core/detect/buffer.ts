/**
 * What rules look into. A buffer is declared once: name, where it comes from, when it is complete. The sticky
 * keyword, the prefilter group, the documentation and the EVE field follow from the declaration.
 */
import type { Packet } from "../layers/packet.ts";
import type { ProtocolBuffer } from "../protocols/buffer.ts";
import type { ByteRange } from "./byte-range.ts";
import type { FrameChoice } from "./frame-plan.ts";

/**
 * payload: the packet's payload and the reassembled stream, as the rule demands.
 * packet: a range of the packet itself (a header); `locate` finds it.
 * transaction: a field of an application transaction.
 * derived: filled by a keyword of the same rule (base64_data).
 * frame: a piece of a protocol's data as it was sent.
 */
export type BufferScope = "payload" | "packet" | "transaction" | "derived" | "frame";

export interface BufferDeclaration {
  readonly name: string;
  readonly scope: BufferScope;
  readonly summary: string;
  /** Application protocols that fill it; empty for payload and packet buffers. */
  readonly protocols: readonly string[];
  /** Several instances in one transaction: each use in a rule starts a new one. */
  readonly multi: boolean;
  readonly fastPattern: boolean;
  /** Transaction scope only: what protocols attach their sources to. */
  readonly protocolBuffer?: ProtocolBuffer;
  /** Frame scope only. */
  readonly frame?: FrameChoice;
  /** Packet scope only: writes the range, false when the packet has none. */
  readonly locate?: (packet: Packet, range: ByteRange) => boolean;
}

export const payloadBuffer: BufferDeclaration = {
  name: "payload",
  scope: "payload",
  summary: "The payload of the packet or the reassembled bytes of the stream.",
  protocols: [],
  multi: false,
  fastPattern: true,
};

export const base64Buffer: BufferDeclaration = {
  name: "base64_data",
  scope: "derived",
  summary: "What base64_decode of the same rule decoded.",
  protocols: [],
  multi: false,
  fastPattern: false,
};

/** A transform of a buffer: reads `input`, writes its result to the scratch range `output` (bytes, start set, end to be set). */
export interface Transform {
  /** Unique with its argument, as `xor:0d0a`: buffers with equal transforms are shared between rules. */
  readonly key: string;
  readonly keyword: string;
  /**
   * Writes at output.start up to `limit` (exclusive) and sets output.end; may instead point output at a part
   * of the input (dotprefix cannot, strip may). False when it fails: the buffer then counts as absent.
   */
  apply(input: ByteRange, output: ByteRange, limit: number): boolean;
  /** False where a content of these bytes could never occur after the transform; undefined: any can. */
  accepts?(pattern: Uint8Array, nocase: boolean): boolean;
}
