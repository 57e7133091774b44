/**
 * Settings of the decoder, as the `decoder:` section of suricata.yaml has them. The defaults here are those of
 * the stock configuration file; a file without the section leaves Teredo on for every port (`ports: null`).
 */

export interface TunnelOptions {
  readonly enabled: boolean;
  /** UDP ports the tunnel is looked for on; null for every port. */
  readonly ports: readonly number[] | null;
}

export interface DecoderOptions {
  readonly teredo: TunnelOptions;
  readonly vxlan: TunnelOptions;
  readonly geneve: TunnelOptions;
  /** GTP-U (user plane of mobile networks); Suricata has none, so it is off unless asked for. */
  readonly gtp: TunnelOptions;
  /** Decode VN-tags; off, they are an unknown EtherType. */
  readonly vnTag: boolean;
  /** Decode ERSPAN type I (no header of its own); off, such a GRE packet stays without an inner packet. */
  readonly erspanTypeI: boolean;
  /** Headers in one packet, tunnels included; the one that reaches the limit is the event `too_many_layers`. */
  readonly layersMax: number;
  /** Whether the tunnel depth is part of the key of a flow; read by flow tracking. */
  readonly depthInFlowKey: boolean;
  /** Raise what Suricata raises only after 8.0: `igmp.*`, `ipv4.unknown_protocol`, `ipv6.pkt_too_small`. */
  readonly laterEvents: boolean;
}

export const defaultDecoderOptions: DecoderOptions = {
  teredo: { enabled: true, ports: [3544] },
  vxlan: { enabled: true, ports: [4789] },
  geneve: { enabled: true, ports: [6081] },
  gtp: { enabled: false, ports: [2152] },
  vnTag: true,
  erspanTypeI: true,
  layersMax: 16,
  depthInFlowKey: true,
  laterEvents: false,
};
