/** Builders for tunnel headers: GRE, ERSPAN, VXLAN, Geneve, GTP-U, NSH, and a Teredo header. */
import { concat, fields, layer, type Payload, prepend, type Wire } from "./wire.ts";

const TRANSPARENT_ETHERNET = 0x6558;

export interface GreFields {
  readonly flags?: number;
  readonly protocol?: number;
  /** What the flags announce: checksum, key, sequence number, routing. */
  readonly optional?: Payload;
}

export function gre(given: GreFields = {}): Wire {
  const optional =
    typeof given.optional === "string" || given.optional === undefined
      ? Uint8Array.from(given.optional ?? "", (character) => character.charCodeAt(0))
      : given.optional;
  return layer({
    encode: (inner) => ({
      bytes: concat(
        fields(
          [2, given.flags ?? 0],
          [2, given.protocol ?? inner.etherType ?? TRANSPARENT_ETHERNET],
        ),
        optional,
        inner.bytes,
      ),
      ipProtocol: 47,
    }),
  });
}

/** PPP inside GRE version 1 (PPTP), with key and sequence number. */
export function greVersion1(given: { readonly flags?: number; readonly protocol?: number } = {}) {
  return layer({
    encode: (inner) => ({
      bytes: concat(
        fields(
          [2, given.flags ?? 0x3001],
          [2, given.protocol ?? 0x880b],
          [2, inner.bytes.length],
          [2, 1],
          [4, 1],
        ),
        inner.bytes,
      ),
      ipProtocol: 47,
    }),
  });
}

/** ERSPAN type II: version 1 in the header. */
export function erspan(given: { readonly version?: number; readonly vlanId?: number } = {}): Wire {
  return layer({
    encode: (inner) => ({
      ...prepend(
        fields([2, ((given.version ?? 1) << 12) | (given.vlanId ?? 0)], [2, 1], [4, 0]),
        inner,
      ),
      etherType: 0x88be,
    }),
  });
}

export function vxlan(given: { readonly flags?: number; readonly networkId?: number } = {}): Wire {
  return layer({
    encode: (inner) => ({
      bytes: concat(
        fields([1, given.flags ?? 8], [3, 0], [3, given.networkId ?? 100], [1, 0]),
        inner.bytes,
      ),
    }),
  });
}

export interface GeneveFields {
  readonly versionAndLength?: number;
  readonly protocol?: number;
  readonly networkId?: number;
  readonly options?: Uint8Array;
}

export function geneve(given: GeneveFields = {}): Wire {
  const options = given.options ?? new Uint8Array(0);
  return layer({
    encode: (inner) => ({
      bytes: concat(
        fields(
          [1, given.versionAndLength ?? options.length / 4],
          [1, 0],
          [2, given.protocol ?? inner.etherType ?? TRANSPARENT_ETHERNET],
          [3, given.networkId ?? 100],
          [1, 0],
        ),
        options,
        inner.bytes,
      ),
    }),
  });
}

/** GTP version 1, user plane: a G-PDU with a tunnel id. */
export function gtpUser(given: { readonly flags?: number; readonly tunnelId?: number } = {}) {
  return layer({
    encode: (inner) => ({
      bytes: concat(
        fields(
          [1, given.flags ?? 0x30],
          [1, 255],
          [2, inner.bytes.length],
          [4, given.tunnelId ?? 1],
        ),
        inner.bytes,
      ),
    }),
  });
}

export interface NshFields {
  readonly version?: number;
  /** In units of 4 bytes. */
  readonly length?: number;
  readonly metadataType?: number;
  readonly nextProtocol?: number;
}

export function nsh(given: NshFields = {}): Wire {
  return layer({
    encode: (inner) => {
      const next = inner.etherType === 0x86dd ? 2 : inner.etherType === 0x0800 ? 1 : 3;
      const word = ((given.version ?? 0) << 14) | (63 << 6) | (given.length ?? 6);
      const header = fields(
        [2, word],
        [1, given.metadataType ?? 1],
        [1, given.nextProtocol ?? next],
        [4, 0x000001ff],
      );
      return { ...prepend(concat(header, new Uint8Array(16)), inner), etherType: 0x894f };
    },
  });
}
