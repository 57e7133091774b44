/** All layers, sorted by name: for documentation, fuzzing and tests. The decoder itself dispatches by number. */
import { arp } from "./arp.ts";
import { ciscoHdlc } from "./cisco-hdlc.ts";
import { eTag } from "./e-tag.ts";
import { erspanTypeI, erspanTypeII } from "./erspan.ts";
import { esp } from "./esp.ts";
import { ethernet } from "./ethernet.ts";
import { geneve } from "./geneve.ts";
import { gre } from "./gre.ts";
import { gtpUser } from "./gtp-user.ts";
import { icmpv4 } from "./icmpv4.ts";
import { icmpv6 } from "./icmpv6.ts";
import { ieee80211, radiotap } from "./ieee80211.ts";
import { igmp } from "./igmp.ts";
import { ipv4 } from "./ipv4.ts";
import { ipv6 } from "./ipv6.ts";
import type { Layer } from "./layer.ts";
import { linuxSll, linuxSll2 } from "./linux-sll.ts";
import { loopback, loopbackNetworkOrder } from "./loopback.ts";
import { mpls } from "./mpls.ts";
import { nsh } from "./nsh.ts";
import { ppp } from "./ppp.ts";
import { pppoeDiscovery, pppoeSession } from "./pppoe.ts";
import { providerBackbone } from "./provider-backbone.ts";
import { rawIp } from "./raw-ip.ts";
import { sctp } from "./sctp.ts";
import { tcp } from "./tcp.ts";
import { teredo } from "./teredo.ts";
import { udp } from "./udp.ts";
import { vlan } from "./vlan.ts";
import { vnTag } from "./vn-tag.ts";
import { vxlan } from "./vxlan.ts";

export const layers: readonly Layer[] = [
  arp,
  ciscoHdlc,
  eTag,
  erspanTypeI,
  erspanTypeII,
  esp,
  ethernet,
  geneve,
  gre,
  gtpUser,
  icmpv4,
  icmpv6,
  ieee80211,
  igmp,
  ipv4,
  ipv6,
  linuxSll,
  linuxSll2,
  loopback,
  loopbackNetworkOrder,
  mpls,
  nsh,
  ppp,
  pppoeDiscovery,
  pppoeSession,
  providerBackbone,
  radiotap,
  rawIp,
  sctp,
  tcp,
  teredo,
  udp,
  vlan,
  vnTag,
  vxlan,
];
