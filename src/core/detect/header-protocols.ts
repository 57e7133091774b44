/**
 * Protocol names of rule headers: which packets they admit, and which application protocols are known by name
 * but have no parser yet (rules that need one are reported as unsupported).
 */

import type { ProtocolRegistry, RegisteredProtocol } from "../protocols/registry.ts";

export interface HeaderProtocol {
  readonly name: string;
  /** any: every packet, without an IP header too; ip: IP packets as the other fields say. */
  readonly kind: "any" | "ethernet" | "arp" | "ip";
  /** IP protocol numbers; null admits all. */
  readonly transports: readonly number[] | null;
  /** 0 for both. */
  readonly ipVersion: 0 | 4 | 6;
  /** Where payload contents look, when the name says so. */
  readonly payload?: "packet" | "stream";
  /** Numbers of the application protocols that the name means; left out for names of packet protocols. */
  readonly applications?: ReadonlySet<number>;
  /** They are kinds of another protocol, whose transactions may be of any kind. */
  readonly isKind?: boolean;
}

type Shape = Omit<HeaderProtocol, "name" | "kind"> & { readonly kind?: HeaderProtocol["kind"] };

const shapes: Readonly<Record<string, Shape>> = {
  ip: { transports: null, ipVersion: 0 },
  ip4: { transports: null, ipVersion: 4 },
  ipv4: { transports: null, ipVersion: 4 },
  ip6: { transports: null, ipVersion: 6 },
  ipv6: { transports: null, ipVersion: 6 },
  pkthdr: { kind: "any", transports: null, ipVersion: 0 },
  ether: { kind: "ethernet", transports: null, ipVersion: 0 },
  arp: { kind: "arp", transports: null, ipVersion: 0 },
  tcp: { transports: [6], ipVersion: 0 },
  "tcp-pkt": { transports: [6], ipVersion: 0, payload: "packet" },
  "tcp-stream": { transports: [6], ipVersion: 0, payload: "stream" },
  udp: { transports: [17], ipVersion: 0 },
  icmp: { transports: [1, 58], ipVersion: 0 },
  icmpv4: { transports: [1], ipVersion: 0 },
  icmp4: { transports: [1], ipVersion: 0 },
  icmpv6: { transports: [58], ipVersion: 0 },
  icmp6: { transports: [58], ipVersion: 0 },
  igmp: { transports: [2], ipVersion: 0 },
  sctp: { transports: [132], ipVersion: 0 },
  esp: { transports: [50], ipVersion: 0 },
};

/** Application protocols that rules may name; not all of them have a parser. */
export const applicationProtocolNames: readonly string[] = [
  ..."bittorrent-dht dcerpc dhcp dnp3 dns doh2 enip ftp ftp-data http http1 http2 ike ikev2".split(
    " ",
  ),
  ..."imap irc jabber krb5 ldap llmnr mdns modbus mqtt msn nfs ntp pgsql pop3 quic rdp rfb".split(
    " ",
  ),
  ..."sip smb smtp snmp ssh ssl telnet template tftp tls websocket yahoo".split(" "),
];

const byName: ReadonlyMap<string, HeaderProtocol> = new Map(
  Object.entries(shapes).map(([name, shape]) => [name, { kind: "ip", ...shape, name }]),
);

/** The protocol by its lower-case name, without a hook; undefined when it is no packet protocol. */
export function headerProtocol(name: string): HeaderProtocol | undefined {
  return byName.get(name);
}

/** What the names of application protocols admit in one registry, each worked out once. */
export class ApplicationHeaders {
  private readonly registry: ProtocolRegistry;
  private readonly byName = new Map<string, HeaderProtocol>();
  private readonly byTransports = new Map<readonly number[], ReadonlySet<number>>();

  constructor(registry: ProtocolRegistry) {
    this.registry = registry;
  }

  /** Packets of flows with one of the protocols that `name` means. */
  header(name: string, protocols: readonly RegisteredProtocol[]): HeaderProtocol {
    let header = this.byName.get(name);
    if (header === undefined) {
      const all = new Set(protocols.flatMap(({ declaration }) => declaration.transports));
      const applications = new Set(protocols.map(({ id }) => id));
      const isKind = protocols.every(({ declaration }) => declaration.kindOf !== undefined);
      header = { name, kind: "ip", transports: [...all], ipVersion: 0, applications, isKind };
      this.byName.set(name, header);
    }
    return header;
  }

  /** Numbers of the protocols that run over what the header admits; null for all. */
  admittedBy({ transports, applications }: HeaderProtocol): ReadonlySet<number> | null {
    if (applications !== undefined || transports === null) return applications ?? null;
    let admitted = this.byTransports.get(transports);
    if (admitted === undefined) {
      const fitting = this.registry.protocols.filter(({ declaration }) =>
        declaration.transports.some((transport) => transports.includes(transport)),
      );
      admitted = new Set(fitting.map(({ id }) => id));
      this.byTransports.set(transports, admitted);
    }
    return admitted;
  }
}

export function headerProtocolNames(): readonly string[] {
  return [...byName.keys(), ...applicationProtocolNames];
}

/** Whether packets of TCP are among those admitted: contents then look into the stream. */
export function admitsTcp(protocol: HeaderProtocol): boolean {
  return protocol.transports === null || protocol.transports.includes(6);
}
