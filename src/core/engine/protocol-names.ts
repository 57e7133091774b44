/** IANA protocol numbers as EVE's `proto` writes them. */

const names = new Map<number, string>([
  [0, "HOPOPT"],
  [1, "ICMP"],
  [2, "IGMP"],
  [4, "IP-in-IP"],
  [6, "TCP"],
  [8, "EGP"],
  [9, "IGP"],
  [17, "UDP"],
  [33, "DCCP"],
  [41, "IPv6"],
  [43, "IPv6-Route"],
  [44, "IPv6-Frag"],
  [46, "RSVP"],
  [47, "GRE"],
  [50, "ESP"],
  [51, "AH"],
  [58, "IPv6-ICMP"],
  [59, "IPv6-NoNxt"],
  [60, "IPv6-Opts"],
  [88, "EIGRP"],
  [89, "OSPFIGP"],
  [103, "PIM"],
  [108, "IPComp"],
  [112, "VRRP"],
  [115, "L2TP"],
  [124, "ISIS-over-IPv4"],
  [132, "SCTP"],
  [133, "FC"],
  [135, "Mobility-Header"],
  [136, "UDPLite"],
  [137, "MPLS-in-IP"],
]);

/** The protocol's name, or its number as three digits. */
export function protocolName(protocol: number): string {
  return names.get(protocol) ?? `${protocol}`.padStart(3, "0");
}
