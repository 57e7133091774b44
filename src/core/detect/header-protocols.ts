/**
 * Protocol names of rule headers: which packets they admit, and which application protocols are known by name
 * but have no parser yet (rules that need one are reported as unsupported).
 */

export interface HeaderProtocol {
  readonly name: string;
  /** IP protocol numbers; null admits all. */
  readonly transports: readonly number[] | null;
  /** 0 for both. */
  readonly ipVersion: 0 | 4 | 6;
  /** Where payload contents look, when the name says so. */
  readonly payload?: "packet" | "stream";
}

const protocols: readonly HeaderProtocol[] = [
  { name: "ip", transports: null, ipVersion: 0 },
  { name: "ip4", transports: null, ipVersion: 4 },
  { name: "ipv4", transports: null, ipVersion: 4 },
  { name: "ip6", transports: null, ipVersion: 6 },
  { name: "ipv6", transports: null, ipVersion: 6 },
  { name: "pkthdr", transports: null, ipVersion: 0 },
  { name: "ether", transports: null, ipVersion: 0 },
  { name: "arp", transports: [], ipVersion: 0 },
  { name: "tcp", transports: [6], ipVersion: 0 },
  { name: "tcp-pkt", transports: [6], ipVersion: 0, payload: "packet" },
  { name: "tcp-stream", transports: [6], ipVersion: 0, payload: "stream" },
  { name: "udp", transports: [17], ipVersion: 0 },
  { name: "icmp", transports: [1, 58], ipVersion: 0 },
  { name: "icmpv4", transports: [1], ipVersion: 0 },
  { name: "icmpv6", transports: [58], ipVersion: 0 },
  { name: "igmp", transports: [2], ipVersion: 0 },
  { name: "sctp", transports: [132], ipVersion: 0 },
  { name: "esp", transports: [50], ipVersion: 0 },
];

/** Application protocols that rules may name; their parsers come later. */
export const applicationProtocolNames: readonly string[] = [
  "bittorrent-dht",
  "dcerpc",
  "dhcp",
  "dnp3",
  "dns",
  "doh2",
  "enip",
  "ftp",
  "ftp-data",
  "http",
  "http1",
  "http2",
  "ike",
  "ikev2",
  "imap",
  "irc",
  "jabber",
  "krb5",
  "ldap",
  "llmnr",
  "mdns",
  "modbus",
  "mqtt",
  "msn",
  "nfs",
  "ntp",
  "pgsql",
  "pop3",
  "quic",
  "rdp",
  "rfb",
  "sip",
  "smb",
  "smtp",
  "snmp",
  "ssh",
  "ssl",
  "telnet",
  "template",
  "tftp",
  "tls",
  "websocket",
  "yahoo",
];

const byName = new Map(protocols.map((protocol) => [protocol.name, protocol]));

/** The protocol by its lower-case name, without a hook; undefined when it is no packet protocol. */
export function headerProtocol(name: string): HeaderProtocol | undefined {
  return byName.get(name);
}

export function headerProtocolNames(): readonly string[] {
  return [...byName.keys(), ...applicationProtocolNames];
}
