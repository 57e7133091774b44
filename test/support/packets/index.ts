/**
 * Packets for tests, written as they lie on the wire, the innermost layer first:
 * `tcp({ flags: "SA", payload: "..." }).over(ipv4({ ttl: 3 })).over(ethernet())`. The result is a Uint8Array.
 */
export { ipv4Address, ipv6Address, macAddress } from "./addresses.ts";
export { crc32c } from "./crc32c.ts";
export {
  arp,
  ciscoHdlc,
  eTag,
  ethernet,
  linuxSll,
  linuxSll2,
  loopback,
  mpls,
  ppp,
  pppoeDiscovery,
  pppoeSession,
  providerBackbone,
  vlan,
  vnTag,
} from "./ethernet.ts";
export { type Ipv4Fields, ipv4, ipv4Fragments, ipv4Payload } from "./ipv4.ts";
export {
  authenticationHeader,
  destinationOptions,
  type FragmentFields,
  fragmentHeader,
  hopByHopOptions,
  type Ipv6Fields,
  ipv6,
  ipv6Fragments,
  routingHeader,
} from "./ipv6.ts";
export {
  esp,
  type IcmpFields,
  icmpv4,
  icmpv6,
  igmp,
  type SctpChunk,
  sctp,
  type TcpFields,
  tcp,
  tcpFlagBits,
  tcpOptions,
  type UdpFields,
  udp,
} from "./transport.ts";
export { erspan, geneve, gre, greVersion1, gtpUser, nsh, vxlan } from "./tunnels.ts";
export { concat, fields, hexBytes, type Payload, payloadBytes, raw, Wire } from "./wire.ts";
