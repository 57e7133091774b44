/** Builders for IPv4: a header with options, and the fragments of a datagram. */
import { internetChecksum } from "../../../src/core/bytes/checksum.ts";
import { ipv4Address } from "./addresses.ts";
import {
  concat,
  fields,
  fillChecksum,
  layer,
  type Payload,
  padded,
  payloadBytes,
  raw,
  type Wire,
} from "./wire.ts";

export interface Ipv4Fields {
  readonly source?: string;
  readonly destination?: string;
  readonly version?: number;
  /** In units of 4 bytes. */
  readonly headerLength?: number;
  readonly typeOfService?: number;
  readonly totalLength?: number;
  readonly id?: number;
  readonly dontFragment?: boolean;
  readonly moreFragments?: boolean;
  /** In units of 8 bytes. */
  readonly fragmentOffset?: number;
  readonly ttl?: number;
  readonly protocol?: number;
  readonly checksum?: number;
  /** Padded with zeros to a multiple of 4 bytes. */
  readonly options?: Payload;
  readonly payload?: Payload;
}

export function ipv4(given: Ipv4Fields = {}): Wire {
  const source = ipv4Address(given.source ?? "10.0.0.1");
  const destination = ipv4Address(given.destination ?? "10.0.0.2");
  const options = padded(payloadBytes(given.options ?? ""), 4);
  const flags = (given.dontFragment ? 0x4000 : 0) | (given.moreFragments ? 0x2000 : 0);
  return layer(
    {
      encode: (inner) => {
        fillChecksum(inner, concat(source, destination));
        const length = 20 + options.length;
        const header = concat(
          fields(
            [1, ((given.version ?? 4) << 4) | (given.headerLength ?? length / 4)],
            [1, given.typeOfService ?? 0],
            [2, given.totalLength ?? length + inner.bytes.length],
            [2, given.id ?? 1],
            [2, flags | (given.fragmentOffset ?? 0)],
            [1, given.ttl ?? 64],
            [1, given.protocol ?? inner.ipProtocol ?? 255],
            [2, 0],
          ),
          source,
          destination,
          options,
        );
        const checksum = given.checksum ?? internetChecksum(header, 0, header.length, 0);
        header.set(fields([2, checksum]), 10);
        return { bytes: concat(header, inner.bytes), etherType: 0x0800, ipProtocol: 4 };
      },
    },
    given.payload,
  );
}

/**
 * The fragments of a whole datagram, cut before each offset of `cuts` (bytes of IP payload, multiples of 8).
 * `given` are the fields of the headers; `datagram` is the payload with its checksum already right.
 */
export function ipv4Fragments(
  datagram: Uint8Array,
  protocol: number,
  cuts: readonly number[],
  given: Ipv4Fields = {},
): Wire[] {
  const edges = [0, ...cuts, datagram.length];
  return edges.slice(0, -1).map((start, index) => {
    const end = edges[index + 1] ?? datagram.length;
    return raw(datagram.slice(start, end), { ipProtocol: protocol }).over(
      ipv4({ ...given, fragmentOffset: start / 8, moreFragments: end < datagram.length }),
    );
  });
}

/** The payload of an encoded IPv4 packet, such as a transport header with its checksum filled in. */
export function ipv4Payload(packet: Uint8Array): Uint8Array {
  return packet.slice(((packet[0] ?? 0) & 15) * 4);
}
