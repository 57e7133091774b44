/** Builders for what lies over IP: TCP with options, UDP, ICMP, SCTP, IGMP. */
import { internetChecksum } from "../../../src/core/bytes/checksum.ts";
import { crc32c } from "./crc32c.ts";
import {
  concat,
  type Encoded,
  fields,
  layer,
  type Payload,
  padded,
  payloadBytes,
  type Wire,
} from "./wire.ts";

const TCP_FLAGS = "FSRPAUEC";

export interface TcpFields {
  readonly sourcePort?: number;
  readonly destinationPort?: number;
  readonly seq?: number;
  readonly ack?: number;
  /** Letters of FIN, SYN, RST, PSH, ACK, URG, ECE, CWR: "SA". */
  readonly flags?: string;
  readonly window?: number;
  readonly urgentPointer?: number;
  readonly checksum?: number;
  /** In units of 4 bytes. */
  readonly headerLength?: number;
  /** As bytes or from `tcpOptions`; padded with zeros to a multiple of 4 bytes. */
  readonly options?: Payload;
  readonly payload?: Payload;
}

export function tcp(given: TcpFields = {}): Wire {
  const options = padded(payloadBytes(given.options ?? ""), 4);
  return layer(
    {
      encode: (inner) => {
        const headerLength = given.headerLength ?? 5 + options.length / 4;
        const header = fields(
          [2, given.sourcePort ?? 40000],
          [2, given.destinationPort ?? 80],
          [4, (given.seq ?? 1) >>> 0],
          [4, (given.ack ?? 0) >>> 0],
          [2, (headerLength << 12) | tcpFlagBits(given.flags ?? "A")],
          [2, given.window ?? 65535],
          [2, given.checksum ?? 0],
          [2, given.urgentPointer ?? 0],
        );
        const bytes = concat(header, options, inner.bytes);
        return transport(bytes, 6, 16, given.checksum);
      },
    },
    given.payload,
  );
}

export function tcpFlagBits(letters: string): number {
  let bits = 0;
  for (const letter of letters) bits |= 1 << TCP_FLAGS.indexOf(letter);
  return bits;
}

export interface TcpOptionFields {
  readonly mss?: number;
  readonly windowScale?: number;
  readonly sackPermitted?: boolean;
  readonly sack?: readonly (readonly [left: number, right: number])[];
  readonly timestamp?: readonly [value: number, echo: number];
  readonly fastOpen?: Payload;
}

export function tcpOptions(given: TcpOptionFields): Uint8Array {
  const parts: Uint8Array[] = [];
  if (given.mss !== undefined) parts.push(fields([1, 2], [1, 4], [2, given.mss]));
  if (given.sackPermitted === true) parts.push(fields([1, 4], [1, 2]));
  if (given.timestamp !== undefined) {
    parts.push(fields([1, 8], [1, 10], [4, given.timestamp[0]], [4, given.timestamp[1]]));
  }
  if (given.windowScale !== undefined) parts.push(fields([1, 3], [1, 3], [1, given.windowScale]));
  if (given.sack !== undefined) {
    parts.push(fields([1, 5], [1, 2 + 8 * given.sack.length]));
    for (const [left, right] of given.sack) parts.push(fields([4, left], [4, right]));
  }
  if (given.fastOpen !== undefined) {
    const cookie = payloadBytes(given.fastOpen);
    parts.push(fields([1, 34], [1, 2 + cookie.length]), cookie);
  }
  return concat(...parts);
}

export interface UdpFields {
  readonly sourcePort?: number;
  readonly destinationPort?: number;
  readonly length?: number;
  readonly checksum?: number;
  readonly payload?: Payload;
}

export function udp(given: UdpFields = {}): Wire {
  return layer(
    {
      encode: (inner) => {
        const header = fields(
          [2, given.sourcePort ?? 40000],
          [2, given.destinationPort ?? 53],
          [2, given.length ?? 8 + inner.bytes.length],
          [2, given.checksum ?? 0],
        );
        return transport(concat(header, inner.bytes), 17, 6, given.checksum);
      },
    },
    given.payload,
  );
}

function transport(
  bytes: Uint8Array,
  protocol: number,
  at: number,
  checksum: number | undefined,
): Encoded {
  const pending = { start: 0, at, protocol, avoidZero: protocol === 17 };
  return { bytes, ipProtocol: protocol, pending: checksum === undefined ? pending : undefined };
}

export interface IcmpFields {
  readonly type?: number;
  readonly code?: number;
  readonly checksum?: number;
  readonly id?: number;
  readonly sequence?: number;
  /** The four bytes after the checksum, instead of `id` and `sequence`. */
  readonly rest?: number;
  readonly payload?: Payload;
}

export function icmpv4(given: IcmpFields = {}): Wire {
  return layer(
    {
      encode: (inner) => {
        const bytes = concat(icmpHeader(given, 8), inner.bytes);
        const checksum = given.checksum ?? internetChecksum(bytes, 0, bytes.length, 0);
        bytes.set(fields([2, checksum]), 2);
        return { bytes, ipProtocol: 1 };
      },
    },
    given.payload,
  );
}

export function icmpv6(given: IcmpFields = {}): Wire {
  return layer(
    {
      encode: (inner) =>
        transport(concat(icmpHeader(given, 128), inner.bytes), 58, 2, given.checksum),
    },
    given.payload,
  );
}

function icmpHeader(given: IcmpFields, echoRequest: number): Uint8Array {
  const rest = given.rest ?? (given.id ?? 1) * 65536 + (given.sequence ?? 1);
  return fields(
    [1, given.type ?? echoRequest],
    [1, given.code ?? 0],
    [2, given.checksum ?? 0],
    [4, rest],
  );
}

export interface SctpFields {
  readonly sourcePort?: number;
  readonly destinationPort?: number;
  readonly verificationTag?: number;
  readonly checksum?: number;
  readonly chunks?: readonly SctpChunk[];
}

export interface SctpChunk {
  readonly type: number;
  readonly flags?: number;
  readonly length?: number;
  readonly value?: Payload;
}

export function sctp(given: SctpFields = {}): Wire {
  const chunks = (given.chunks ?? []).map(({ type, flags, length, value }) => {
    const bytes = payloadBytes(value ?? "");
    return padded(
      concat(fields([1, type], [1, flags ?? 0], [2, length ?? 4 + bytes.length]), bytes),
      4,
    );
  });
  return layer(
    {
      encode: (inner) => {
        const header = fields(
          [2, given.sourcePort ?? 40000],
          [2, given.destinationPort ?? 36412],
          [4, given.verificationTag ?? 1],
          [4, 0],
        );
        const bytes = concat(header, inner.bytes);
        bytes.set(fields([4, given.checksum ?? swap32(crc32c(bytes))]), 8);
        return { bytes, ipProtocol: 132 };
      },
    },
    concat(...chunks),
  );
}

function swap32(value: number): number {
  const [a = 0, b = 0, c = 0, d = 0] = fields([4, value]);
  return ((d << 24) | (c << 16) | (b << 8) | a) >>> 0;
}

export function igmp(
  given: { readonly type?: number; readonly group?: number; readonly rest?: Payload } = {},
): Wire {
  return layer(
    {
      encode: (inner) => {
        const header = fields([1, given.type ?? 0x11], [1, 0], [2, 0], [4, given.group ?? 0]);
        const bytes = concat(header, inner.bytes);
        bytes.set(fields([2, internetChecksum(bytes, 0, bytes.length, 0)]), 2);
        return { bytes, ipProtocol: 2 };
      },
    },
    given.rest,
  );
}

export function esp(given: { readonly spi?: number; readonly payload?: Payload } = {}): Wire {
  return layer(
    {
      encode: (inner) => ({
        bytes: concat(fields([4, given.spi ?? 256], [4, 1]), inner.bytes),
        ipProtocol: 50,
      }),
    },
    given.payload,
  );
}
