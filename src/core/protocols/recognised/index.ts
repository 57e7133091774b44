/** Protocols that are recognised and not parsed, in the order in which their patterns are tried. */
import { type ProtocolDeclaration, TCP, UDP } from "../protocol.ts";
import { probeKerberosDatagram, probeKerberosStream, probeLdap, probeSnmp } from "./asn1-probes.ts";
import { probeDhcp, probeIke, probeNtp, probeQuic, probeTftp } from "./datagram-probes.ts";
import { beginsWith, recognised } from "./declare.ts";
import {
  probeDnp3,
  probeEnip,
  probeModbus,
  probeMqtt,
  probePgsql,
  probeRdp,
} from "./stream-probes.ts";
import { confirmSipRequest, probePop3, probeRfb, probeTelnet } from "./text-probes.ts";

const SIP_METHODS = [
  ..."REGISTER INVITE ACK BYE CANCEL UPDATE REFER PRACK SUBSCRIBE NOTIFY".split(" "),
  ..."PUBLISH MESSAGE INFO OPTIONS".split(" "),
].map((method) => `${method} `);

const IMAP_GREETINGS = "OK NO BAD LIST ESEARCH STATUS FLAGS".split(" ").map((word) => `* ${word} `);

const DHT_BEGINNINGS = ["d1:ad2:id20:", "d1:rd2:id20:", "d2:ip", "d1:el"];

export const recognisedProtocols: readonly ProtocolDeclaration[] = [
  recognised({
    name: "bittorrent-dht",
    summary: "The distributed hash table of BitTorrent.",
    transports: [UDP],
    patterns: [
      ...beginsWith(UDP, "toServer", DHT_BEGINNINGS),
      ...beginsWith(UDP, "toClient", DHT_BEGINNINGS),
    ],
  }),
  recognised({
    name: "dhcp",
    summary: "Addresses and settings of hosts.",
    transports: [UDP],
    probes: [{ transport: UDP, ports: [67, 68], probe: probeDhcp }],
  }),
  recognised({
    name: "dnp3",
    summary: "Control of power grids.",
    transports: [TCP],
    enabledByDefault: false,
    probes: [{ transport: TCP, ports: [20_000], probe: probeDnp3 }],
  }),
  recognised({
    name: "enip",
    summary: "EtherNet/IP, control of machines.",
    transports: [TCP, UDP],
    enabledByDefault: false,
    probes: [
      { transport: TCP, ports: [44_818], clientPorts: [44_818], probe: probeEnip },
      { transport: UDP, ports: [44_818], clientPorts: [44_818], probe: probeEnip },
    ],
  }),
  recognised({
    name: "ike",
    ruleNames: ["ikev2"],
    summary: "Key exchange of IPsec.",
    transports: [UDP],
    probes: [{ transport: UDP, ports: [500], probe: probeIke }],
  }),
  recognised({
    name: "imap",
    summary: "Mailboxes.",
    transports: [TCP],
    patterns: [
      ...beginsWith(TCP, "toClient", IMAP_GREETINGS, { nocase: true }),
      ...beginsWith(TCP, "toServer", [" CAPABILITY"], { nocase: true, depth: 17 }),
    ],
  }),
  recognised({ name: "irc", summary: "Chat; it is not looked for.", transports: [TCP] }),
  recognised({ name: "jabber", summary: "Messages; it is not looked for.", transports: [TCP] }),
  recognised({
    name: "krb5",
    summary: "Kerberos, tickets of users and services.",
    transports: [TCP, UDP],
    probes: [
      { transport: TCP, ports: [88], probe: probeKerberosStream },
      { transport: UDP, ports: [88], probe: probeKerberosDatagram },
    ],
  }),
  recognised({
    name: "ldap",
    summary: "Directories.",
    transports: [TCP, UDP],
    probes: [
      { transport: TCP, ports: [389, 3268], probe: probeLdap },
      { transport: UDP, ports: [389, 3268], probe: probeLdap },
    ],
  }),
  recognised({
    name: "modbus",
    summary: "Control of machines.",
    transports: [TCP],
    enabledByDefault: false,
    probes: [{ transport: TCP, ports: [502], probe: probeModbus }],
  }),
  recognised({
    name: "mqtt",
    summary: "Messages of things.",
    transports: [TCP],
    probes: [{ transport: TCP, ports: [1883], probe: probeMqtt }],
  }),
  recognised({
    name: "msn",
    summary: "The messenger of MSN.",
    transports: [TCP],
    patterns: beginsWith(TCP, "toServer", ["msn"], { offset: 6, depth: 10 }),
  }),
  recognised({
    name: "ntp",
    summary: "Time.",
    transports: [UDP],
    probes: [{ transport: UDP, ports: [123], probe: probeNtp }],
  }),
  recognised({
    name: "pgsql",
    summary: "PostgreSQL, queries to databases.",
    transports: [TCP],
    enabledByDefault: false,
    probes: [{ transport: TCP, ports: [5432], probe: probePgsql }],
  }),
  recognised({
    name: "pop3",
    summary: "Mail from mailboxes.",
    transports: [TCP],
    probes: [{ transport: TCP, ports: [110], probe: probePop3 }],
  }),
  recognised({
    name: "quic",
    summary: "Encrypted streams over UDP.",
    transports: [UDP],
    probes: [{ transport: UDP, ports: [443, 80], probe: probeQuic }],
  }),
  recognised({
    name: "rdp",
    summary: "Remote desktops of Windows.",
    transports: [TCP],
    probes: [{ transport: TCP, ports: [3389], probe: probeRdp }],
  }),
  recognised({
    name: "rfb",
    summary: "Remote screens (VNC).",
    transports: [TCP],
    patterns: [
      ...beginsWith(TCP, "toServer", ["RFB "], { confirm: probeRfb }),
      ...beginsWith(TCP, "toClient", ["RFB "], { confirm: probeRfb }),
    ],
  }),
  recognised({
    name: "sip",
    summary: "Calls.",
    transports: [TCP, UDP],
    patterns: ([TCP, UDP] as const).flatMap((transport) => [
      ...beginsWith(transport, "toServer", SIP_METHODS, { confirm: confirmSipRequest }),
      ...beginsWith(transport, "toClient", ["SIP/2.0 "]),
    ]),
  }),
  recognised({
    name: "snmp",
    summary: "Management of devices.",
    transports: [UDP],
    probes: [{ transport: UDP, ports: [161, 162], probe: probeSnmp }],
  }),
  recognised({
    name: "telnet",
    summary: "Terminals.",
    transports: [TCP],
    probes: [{ transport: TCP, ports: [23], probe: probeTelnet }],
  }),
  recognised({
    name: "tftp",
    summary: "Files, a block a datagram.",
    transports: [UDP],
    probes: [{ transport: UDP, ports: [69], probe: probeTftp }],
  }),
  recognised({
    name: "websocket",
    summary: "Messages in a connection that began as HTTP; it is not looked for.",
    transports: [TCP],
  }),
  recognised({ name: "yahoo", summary: "A messenger; it is not looked for.", transports: [TCP] }),
];
