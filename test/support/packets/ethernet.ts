/** Builders for the link layer: Ethernet and what lies between it and IP, and other link types. */
import { macAddress } from "./addresses.ts";
import { concat, fields, layer, type Payload, payloadBytes, prepend, type Wire } from "./wire.ts";

export interface EthernetFields {
  readonly source?: string;
  readonly destination?: string;
  readonly etherType?: number;
  readonly payload?: Payload;
}

export function ethernet(options: EthernetFields = {}): Wire {
  const source = macAddress(options.source ?? "02:00:00:00:00:01");
  const destination = macAddress(options.destination ?? "02:00:00:00:00:02");
  return layer(
    {
      encode: (inner) => {
        const etherType = options.etherType ?? inner.etherType ?? 0;
        return { bytes: concat(destination, source, fields([2, etherType]), inner.bytes) };
      },
    },
    options.payload,
  );
}

export interface VlanFields {
  readonly id?: number;
  readonly priority?: number;
  /** How the layer before names this tag: 0x8100, 0x88a8, 0x9100. */
  readonly tagType?: number;
  readonly etherType?: number;
}

export function vlan(options: VlanFields = {}): Wire {
  return layer({
    encode: (inner) => {
      const control = ((options.priority ?? 0) << 13) | (options.id ?? 1);
      const header = fields([2, control], [2, options.etherType ?? inner.etherType ?? 0]);
      return { ...prepend(header, inner), etherType: options.tagType ?? 0x8100 };
    },
  });
}

/** One label; the last one of a stack says so. */
export function mpls(
  options: { readonly label?: number; readonly last?: boolean; readonly ttl?: number } = {},
): Wire {
  return layer({
    encode: (inner) => {
      const isLast = options.last ?? inner.etherType !== 0x8847;
      const entry = (options.label ?? 16) * 4096 + (isLast ? 256 : 0) + (options.ttl ?? 64);
      return { ...prepend(fields([4, entry]), inner), etherType: 0x8847 };
    },
  });
}

const pppProtocols = new Map([
  [0x0800, 0x0021],
  [0x86dd, 0x0057],
  [0x8847, 0x0281],
]);

export function pppoeSession(
  options: {
    readonly versionAndType?: number;
    readonly code?: number;
    readonly sessionId?: number;
    readonly length?: number;
    readonly protocol?: number;
  } = {},
): Wire {
  return layer({
    encode: (inner) => {
      const protocol = options.protocol ?? pppProtocols.get(inner.etherType ?? 0) ?? 0;
      const header = fields(
        [1, options.versionAndType ?? 0x11],
        [1, options.code ?? 0],
        [2, options.sessionId ?? 1],
        [2, options.length ?? inner.bytes.length + 2],
        [2, protocol],
      );
      return { ...prepend(header, inner), etherType: 0x8864 };
    },
  });
}

export function pppoeDiscovery(
  options: { readonly code?: number; readonly length?: number; readonly tags?: Payload } = {},
): Wire {
  const tags = payloadBytes(options.tags ?? "\x01\x01\0\0");
  return layer(
    {
      encode: (inner) => ({
        bytes: concat(
          fields(
            [1, 0x11],
            [1, options.code ?? 0x09],
            [2, 0],
            [2, options.length ?? inner.bytes.length],
          ),
          inner.bytes,
        ),
        etherType: 0x8863,
      }),
    },
    tags,
  );
}

/** PPP with address and control field; `compressed` leaves them out. */
export function ppp(
  options: { readonly protocol?: number; readonly compressed?: boolean } = {},
): Wire {
  return layer({
    encode: (inner) => {
      const protocol = options.protocol ?? pppProtocols.get(inner.etherType ?? 0) ?? 0;
      const lead = options.compressed === true ? fields() : fields([2, 0xff03]);
      return { bytes: concat(lead, fields([2, protocol]), inner.bytes), etherType: 0x880b };
    },
  });
}

/** The 4-byte family of link types NULL (host order, here little-endian) and LOOP (network order). */
export function loopback(
  options: { readonly family?: number; readonly networkOrder?: boolean } = {},
) {
  return layer({
    encode: (inner) => {
      const family = options.family ?? (inner.etherType === 0x86dd ? 30 : 2);
      const header = fields([4, family]);
      if (options.networkOrder !== true) header.reverse();
      return { bytes: concat(header, inner.bytes) };
    },
  });
}

export function linuxSll(options: { readonly protocol?: number } = {}): Wire {
  return layer({
    encode: (inner) => {
      const protocol = options.protocol ?? inner.etherType ?? 0;
      const header = fields([2, 0], [2, 1], [2, 6], [6, 0x020000000001], [2, 0], [2, protocol]);
      return { bytes: concat(header, inner.bytes) };
    },
  });
}

export function linuxSll2(options: { readonly protocol?: number } = {}): Wire {
  return layer({
    encode: (inner) => {
      const protocol = options.protocol ?? inner.etherType ?? 0;
      const header = fields([2, protocol], [2, 0], [4, 1], [2, 1], [1, 0], [1, 6], [8, 2 ** 41]);
      return { bytes: concat(header, inner.bytes) };
    },
  });
}

export function ciscoHdlc(options: { readonly protocol?: number } = {}): Wire {
  return layer({
    encode: (inner) => ({
      bytes: concat(
        fields([2, 0x0f00], [2, options.protocol ?? inner.etherType ?? 0]),
        inner.bytes,
      ),
    }),
  });
}

/** 802.1ah: the service tag and the customer's addresses. */
export function providerBackbone(options: { readonly etherType?: number } = {}): Wire {
  return layer({
    encode: (inner) => {
      const header = fields([4, 7], [6, 0x020000000003], [6, 0x020000000004]);
      const next = fields([2, options.etherType ?? inner.etherType ?? 0]);
      return { ...prepend(concat(header, next), inner), etherType: 0x88e7 };
    },
  });
}

export function vnTag(options: { readonly etherType?: number } = {}): Wire {
  return layer({
    encode: (inner) => ({
      ...prepend(fields([4, 0x80010002], [2, options.etherType ?? inner.etherType ?? 0]), inner),
      etherType: 0x8926,
    }),
  });
}

export function eTag(options: { readonly etherType?: number } = {}): Wire {
  return layer({
    encode: (inner) => ({
      ...prepend(fields([6, 0x1001], [2, options.etherType ?? inner.etherType ?? 0]), inner),
      etherType: 0x893f,
    }),
  });
}

export interface ArpFields {
  readonly hardwareType?: number;
  readonly protocolType?: number;
  readonly hardwareLength?: number;
  readonly protocolLength?: number;
  readonly operation?: number;
}

export function arp(options: ArpFields = {}): Wire {
  const header = fields(
    [2, options.hardwareType ?? 1],
    [2, options.protocolType ?? 0x0800],
    [1, options.hardwareLength ?? 6],
    [1, options.protocolLength ?? 4],
    [2, options.operation ?? 1],
    [6, 0x020000000001],
    [4, 0x0a000001],
    [6, 0],
    [4, 0x0a000002],
  );
  return layer({ encode: (inner) => ({ bytes: inner.bytes, etherType: 0x0806 }) }, header);
}
