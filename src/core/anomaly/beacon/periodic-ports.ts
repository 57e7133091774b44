/** Services that are asked at regular intervals by design; contact with them is no beacon unless a rule says so. */
const UDP = 17;

/** DNS, DHCP, NTP, NetBIOS, SNMP, syslog, SSDP, STUN, WS-Discovery, IPsec behind NAT, mDNS, LLMNR. */
const udpPorts: ReadonlySet<number> = new Set([
  53, 67, 68, 123, 137, 138, 161, 162, 514, 546, 547, 1900, 3478, 3702, 4500, 5353, 5355,
]);

export function isPeriodicByDesign(protocol: number, port: number): boolean {
  return protocol === UDP && udpPorts.has(port);
}
