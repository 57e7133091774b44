/**
 * Bytes on the wire, built layer by layer: `tcp({ flags: "S" }).over(ipv4()).over(ethernet())`. A Wire is a
 * Uint8Array, complete at every step; putting it over another layer encodes that layer around it, fills
 * lengths, protocol numbers and checksums, unless the layer was given its own (wrong) values.
 */
import { internetChecksum } from "../../../src/core/bytes/checksum.ts";

export type Payload = string | Uint8Array;

/** What a layer around needs to know of what it carries. */
export interface Encoded {
  readonly bytes: Uint8Array;
  /** How an Ethernet-like layer names it. */
  readonly etherType?: number;
  /** How an IP layer names it. */
  readonly ipProtocol?: number;
  /** A checksum over a pseudo header, to be filled by the IP layer. */
  readonly pending?: PendingChecksum | undefined;
}

export interface PendingChecksum {
  /** Where the transport header begins in the bytes, and where its checksum is. */
  readonly start: number;
  readonly at: number;
  readonly protocol: number;
  /** UDP writes all ones for a checksum of zero. */
  readonly avoidZero?: boolean;
}

export interface Recipe {
  encode(inner: Encoded): Encoded;
}

export class Wire extends Uint8Array {
  static get [Symbol.species](): Uint8ArrayConstructor {
    return Uint8Array;
  }

  /** Outermost first. */
  readonly recipes: readonly Recipe[];
  readonly innermost: Uint8Array;

  constructor(recipes: readonly Recipe[], innermost: Uint8Array) {
    let encoded: Encoded = { bytes: innermost };
    for (const recipe of [...recipes].reverse()) encoded = recipe.encode(encoded);
    super(encoded.bytes);
    this.recipes = recipes;
    this.innermost = innermost;
  }

  /** This packet as the payload of `outer`, which may itself be several layers. */
  over(outer: Wire): Wire {
    if (outer.innermost.length > 0) throw new Error("the outer layer has a payload of its own");
    return new Wire([...outer.recipes, ...this.recipes], this.innermost);
  }
}

export function layer(recipe: Recipe, payload: Payload = ""): Wire {
  return new Wire([recipe], payloadBytes(payload));
}

/** Bytes as they are, with the numbers under which layers around carry them. */
export function raw(
  payload: Payload,
  names: { readonly ipProtocol?: number; readonly etherType?: number } = {},
): Wire {
  return layer({ encode: (inner) => ({ bytes: inner.bytes, ...names }) }, payload);
}

/** Latin-1 characters become bytes. */
export function payloadBytes(payload: Payload): Uint8Array {
  if (typeof payload !== "string") return payload;
  return new Uint8Array(Buffer.from(payload, "latin1"));
}

/** Bytes from hexadecimal digits; white space is ignored. */
export function hexBytes(text: string): Uint8Array {
  const digits = text.replace(/\s+/g, "");
  return Uint8Array.from(digits.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
}

export function concat(...parts: readonly Uint8Array[]): Uint8Array {
  const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let offset = 0;
  for (const part of parts) {
    bytes.set(part, offset);
    offset += part.length;
  }
  return bytes;
}

/** Numbers in network order: `fields([2, 0x0800], [1, 64])` are 16 bits and 8 bits. */
export function fields(...values: readonly (readonly [byteLength: number, value: number])[]) {
  const bytes: number[] = [];
  for (const [byteLength, value] of values) {
    for (let i = byteLength - 1; i >= 0; i--) bytes.push(Math.floor(value / 2 ** (8 * i)) & 0xff);
  }
  return Uint8Array.from(bytes);
}

/** `bytes` with zeros up to a multiple of `unit`. */
export function padded(bytes: Uint8Array, unit: number): Uint8Array {
  return concat(bytes, new Uint8Array((unit - (bytes.length % unit)) % unit));
}

/** `inner` behind `header`; a pending checksum moves along. */
export function prepend(header: Uint8Array, inner: Encoded): Encoded {
  const { pending } = inner;
  const moved =
    pending === undefined
      ? undefined
      : {
          ...pending,
          start: pending.start + header.length,
          at: pending.at + header.length,
        };
  return { bytes: concat(header, inner.bytes), pending: moved };
}

/** Fills a pending checksum, given the two addresses as bytes. */
export function fillChecksum(inner: Encoded, addresses: Uint8Array): void {
  const { pending, bytes } = inner;
  if (pending === undefined) return;
  const length = bytes.length - pending.start;
  const pseudo = concat(addresses, fields([4, length], [4, pending.protocol]));
  const sum = 0xffff - internetChecksum(pseudo, 0, pseudo.length, 0);
  let value = internetChecksum(bytes, pending.start, bytes.length, sum);
  if (value === 0 && pending.avoidZero === true) value = 0xffff;
  bytes.set(fields([2, value]), pending.at);
}
