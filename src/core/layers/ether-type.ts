/** The EtherTypes (IEEE registry) that are decoded. */
export const EtherType = {
  ipv4: 0x0800,
  arp: 0x0806,
  /** Bridged Ethernet inside GRE and Geneve. */
  transparentEthernet: 0x6558,
  vlan: 0x8100,
  ipv6: 0x86dd,
  mpls: 0x8847,
  mplsMulticast: 0x8848,
  pppoeDiscovery: 0x8863,
  pppoeSession: 0x8864,
  /** PPP inside GRE. */
  ppp: 0x880b,
  providerBridge: 0x88a8,
  erspan: 0x88be,
  providerBackbone: 0x88e7,
  /** Cisco's Data Center Ethernet (FabricPath). */
  dataCenterEthernet: 0x8903,
  vnTag: 0x8926,
  eTag: 0x893f,
  nsh: 0x894f,
  qinq: 0x9100,
} as const;
