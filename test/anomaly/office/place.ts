/** The office: its hosts, its site file, and the world outside that it talks to. */
import type { Chance } from "./chance.ts";

export interface Person {
  readonly address: string;
  /** Regular hours of work, local hours. */
  readonly comes: number;
  readonly goes: number;
  /** Pages a working day. */
  readonly pages: number;
  /** The machine stays on at night. */
  readonly staysOn: boolean;
  /** Sends large files to customers now and then. */
  readonly sendsFiles: boolean;
  readonly isAdmin: boolean;
}

export interface WebSite {
  readonly name: string;
  readonly addresses: readonly string[];
  readonly isPlain: boolean;
}

export const servers = {
  domain: "192.168.20.2",
  files: "192.168.20.5",
  backup: "192.168.20.6",
  mail: "192.168.20.7",
  web: "192.168.20.8",
  monitor: "192.168.20.9",
} as const;

/** Services outside that all use. */
export const outside = {
  resolver: "9.9.9.9",
  ntp: ["162.159.200.1", "162.159.200.123", "193.67.79.202", "129.70.132.36"],
  updates: ["13.107.4.50", "13.107.5.50", "20.109.209.108"],
  antivirus: ["23.212.62.71", "23.212.62.72"],
  chat: ["52.112.100.10", "52.112.100.11"],
  storage: ["104.16.100.29", "104.16.101.29"],
  conference: ["170.114.10.5", "170.114.10.6", "170.114.11.7", "170.114.12.8"],
  offsite: "185.112.20.4",
  mail: ["66.102.1.27", "40.107.22.9", "212.227.15.9"],
  telephony: "217.10.68.150",
  printerMaker: "15.72.160.20",
  feeds: "151.101.1.140",
} as const;

export interface Place {
  readonly people: readonly Person[];
  readonly printers: readonly string[];
  readonly phones: readonly string[];
  readonly sites: readonly WebSite[];
  readonly siteFile: string;
  /** Names and addresses of servers that nobody of the office talks to. */
  readonly hostile: () => { readonly name: string; readonly address: string };
}

export interface PlaceSize {
  readonly people: number;
  readonly printers: number;
  readonly phones: number;
  readonly sites: number;
}

const words = (
  "alder birch cedar dune ember fjord grove haven inlet juniper kestrel larch meadow north " +
  "orchard pine quarry ridge summit timber upland valley willow yarrow zephyr"
).split(" ");

export function createPlace(size: PlaceSize, chance: Chance): Place {
  const people = Array.from({ length: size.people }, (_, i) => createPerson(i, chance));
  const sites = Array.from({ length: size.sites }, () => createSite(chance));
  const addressesIn = (net: number, count: number): string[] =>
    Array.from({ length: count }, (_, i) => `192.168.${net}.${11 + i}`);
  return {
    people,
    printers: addressesIn(30, size.printers),
    phones: addressesIn(31, size.phones),
    sites,
    siteFile,
    hostile: () => ({ name: nameOf(chance), address: publicAddress(chance) }),
  };
}

function createPerson(index: number, chance: Chance): Person {
  const comes = chance.between(7.2, 9.3);
  return {
    address: `192.168.10.${20 + index}`,
    comes,
    goes: comes + chance.between(8, 9.2),
    pages: chance.skewed(35, 1.6),
    staysOn: index % 4 === 0,
    sendsFiles: index % 8 === 3,
    isAdmin: index === 1,
  };
}

function createSite(chance: Chance): WebSite {
  const count = chance.whole(1, 4);
  return {
    name: nameOf(chance),
    addresses: Array.from({ length: count }, () => publicAddress(chance)),
    isPlain: chance.is(0.08),
  };
}

function nameOf(chance: Chance): string {
  const host = chance.pick(["www.", "", "cdn.", "app.", "static."]);
  const top = chance.pick(["com", "com", "net", "org", "de", "io"]);
  return `${host}${chance.pick(words)}${chance.pick(words)}${chance.whole(1, 99)}.${top}`;
}

function publicAddress(chance: Chance): string {
  const first = chance.pick([23, 31, 45, 52, 62, 77, 81, 91, 104, 142, 151, 185, 195, 204, 213]);
  return `${first}.${chance.whole(1, 254)}.${chance.whole(0, 254)}.${chance.whole(1, 254)}`;
}

/** What an operator of this office writes. */
const siteFile = `home-networks:
  office: 192.168.10.0/24
  servers: 192.168.20.0/24
  devices: [192.168.30.0/24, 192.168.31.0/24]
zone: Europe/Berlin
business-hours: [mon-fri 06:30-20:00]
holidays: [12-25, 12-26, 01-01]
hosts:
  domain: { addresses: ${servers.domain}, roles: [server, dns] }
  files: { addresses: ${servers.files}, roles: [server] }
  backup: { addresses: ${servers.backup}, roles: [server, backup] }
  mail: { addresses: ${servers.mail}, roles: [server, mail] }
  web: { addresses: ${servers.web}, roles: [server, web] }
  monitor: { addresses: ${servers.monitor}, roles: [server, monitoring] }
services:
  - { protocol: dns, ports: 53, hosts: [domain] }
  - { protocol: krb5, ports: 88, hosts: [domain] }
  - { protocol: ldap, ports: 389, hosts: [domain] }
  - { protocol: ntp, ports: 123, hosts: [domain] }
  - { protocol: smb, ports: 445, hosts: [domain, files] }
  - { protocol: rsync, ports: 873, hosts: [backup] }
  - { protocol: smtp, ports: "25, 587", hosts: [mail] }
  - { protocol: imap, ports: 993, hosts: [mail] }
  - { protocol: tls, ports: "465, 993", hosts: [mail] }
  - { protocol: tls, ports: 443, hosts: [web, mail] }
  - { protocol: http, ports: 80, hosts: [web] }
  - { protocol: ssh, ports: 22, hosts: [domain, files, backup, mail, web, monitor] }
  - { protocol: rdp, ports: 3389, hosts: [domain, files] }
  - { protocol: printer, ports: 9100 }
  - { protocol: snmp, ports: 161 }
  - { protocol: delivery, ports: 7680 }
`;
