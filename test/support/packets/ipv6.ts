/** Builders for IPv6: the header, its extension headers, and fragments. */
import { ipv6Address } from "./addresses.ts";
import {
  concat,
  type Encoded,
  fields,
  fillChecksum,
  layer,
  type Payload,
  payloadBytes,
  prepend,
  raw,
  type Wire,
} from "./wire.ts";

export interface Ipv6Fields {
  readonly source?: string;
  readonly destination?: string;
  readonly version?: number;
  readonly trafficClass?: number;
  readonly flowLabel?: number;
  readonly payloadLength?: number;
  readonly nextHeader?: number;
  readonly hopLimit?: number;
  readonly payload?: Payload;
}

export function ipv6(given: Ipv6Fields = {}): Wire {
  const source = ipv6Address(given.source ?? "2001:db8::1");
  const destination = ipv6Address(given.destination ?? "2001:db8::2");
  return layer(
    {
      encode: (inner) => {
        fillChecksum(inner, concat(source, destination));
        const first =
          (given.version ?? 6) * 2 ** 28 +
          (given.trafficClass ?? 0) * 2 ** 20 +
          (given.flowLabel ?? 0);
        const header = fields(
          [4, first],
          [2, given.payloadLength ?? inner.bytes.length],
          [1, given.nextHeader ?? inner.ipProtocol ?? 59],
          [1, given.hopLimit ?? 64],
        );
        const bytes = concat(header, source, destination, inner.bytes);
        return { bytes, etherType: 0x86dd, ipProtocol: 41 };
      },
    },
    given.payload,
  );
}

export interface ExtensionFields {
  readonly nextHeader?: number;
  /** In units of 8 bytes, the first not counted. */
  readonly length?: number;
  /** Options; filled up with a PadN option. */
  readonly options?: Payload;
}

export function hopByHopOptions(given: ExtensionFields = {}): Wire {
  return optionsHeader(0, given);
}

export function destinationOptions(given: ExtensionFields = {}): Wire {
  return optionsHeader(60, given);
}

function optionsHeader(ipProtocol: number, given: ExtensionFields): Wire {
  const options = payloadBytes(given.options ?? "");
  const filled = concat(options, padN((8 - ((2 + options.length) % 8)) % 8));
  return extension(ipProtocol, (inner) =>
    concat(
      fields(
        [1, given.nextHeader ?? inner.ipProtocol ?? 59],
        [1, given.length ?? (2 + filled.length) / 8 - 1],
      ),
      filled,
    ),
  );
}

function padN(length: number): Uint8Array {
  if (length === 0) return new Uint8Array(0);
  if (length === 1) return new Uint8Array(1);
  return concat(fields([1, 1], [1, length - 2]), new Uint8Array(length - 2));
}

export function routingHeader(
  given: ExtensionFields & { readonly type?: number; readonly segmentsLeft?: number } = {},
): Wire {
  return extension(43, (inner) =>
    fields(
      [1, given.nextHeader ?? inner.ipProtocol ?? 59],
      [1, given.length ?? 0],
      [1, given.type ?? 2],
      [1, given.segmentsLeft ?? 0],
      [4, 0],
    ),
  );
}

export interface FragmentFields {
  readonly nextHeader?: number;
  readonly reserved?: number;
  /** In units of 8 bytes. */
  readonly fragmentOffset?: number;
  readonly moreFragments?: boolean;
  readonly id?: number;
}

export function fragmentHeader(given: FragmentFields = {}): Wire {
  return extension(44, (inner) =>
    fields(
      [1, given.nextHeader ?? inner.ipProtocol ?? 59],
      [1, given.reserved ?? 0],
      [2, ((given.fragmentOffset ?? 0) << 3) | (given.moreFragments ? 1 : 0)],
      [4, given.id ?? 1],
    ),
  );
}

export function authenticationHeader(
  given: {
    readonly nextHeader?: number;
    readonly length?: number;
    readonly reserved?: number;
  } = {},
): Wire {
  return extension(51, (inner) =>
    fields(
      [1, given.nextHeader ?? inner.ipProtocol ?? 59],
      [1, given.length ?? 4],
      [2, given.reserved ?? 0],
      [4, 0x100],
      [4, 1],
      [6, 0],
      [6, 0],
    ),
  );
}

function extension(ipProtocol: number, header: (inner: Encoded) => Uint8Array): Wire {
  return layer({ encode: (inner) => ({ ...prepend(header(inner), inner), ipProtocol }) });
}

/** The fragments of a datagram (what follows the fragment header), cut before each offset of `cuts`. */
export function ipv6Fragments(
  datagram: Uint8Array,
  nextHeader: number,
  cuts: readonly number[],
  given: Ipv6Fields & { readonly id?: number } = {},
): Wire[] {
  const edges = [0, ...cuts, datagram.length];
  return edges.slice(0, -1).map((start, index) => {
    const end = edges[index + 1] ?? datagram.length;
    const header = fragmentHeader({
      nextHeader,
      id: given.id ?? 1,
      fragmentOffset: start / 8,
      moreFragments: end < datagram.length,
    });
    return raw(datagram.slice(start, end)).over(header).over(ipv6(given));
  });
}
