/**
 * Ports that application protocols are at home on: what the IANA registry of services assigns (July 2025), and
 * where the field in fact runs them (proxies, push services, management). By the name of the protocol's
 * declaration. Protocols that are at home anywhere (bittorrent-dht, ftp-data) have no line and are not judged.
 */

/** Ranges as `first-last`, single ports as numbers; the first is the one to name as usual. */
const lines: Readonly<Record<string, string>> = {
  dcerpc: "135 593 1024-65535",
  dhcp: "67 68",
  dnp3: "20000 19999",
  dns: "53 5353 5355",
  enip: "44818 2222",
  ftp: "21",
  http1:
    "80 280 488 591 593 631 777 2375 2379 2869 3128 5357 5985 7001 8000-8010 8080-8090 8118 8888",
  http2: "80 280 591 2379 3128 50051 8000-8010 8080-8090 8888 443 8443",
  ike: "500 4500",
  imap: "143 993 220",
  krb5: "88 464 749 750",
  ldap: "389 636 3268 3269",
  mdns: "5353",
  modbus: "502 802",
  mqtt: "1883 8883",
  nfs: "2049 111",
  ntp: "123",
  pgsql: "5432",
  pop3: "110 995",
  quic: "443 80 784 853 8443 8853",
  rdp: "3389",
  rfb: "5900-5999 5800-5899 5500",
  sip: "5060 5061",
  smb: "445 139",
  smtp: "25 587 465",
  snmp: "161 162 10161 10162",
  ssh: "22 830",
  telnet: "23 107 992",
  tftp: "69",
  tls:
    "443 261 271 324 448 465 563 585 614 636 684 695 832 853 854 989 990 992-995 1311 2083 2087 2096 2252 " +
    "2376 2478 2479 2482 2484 2679 3077 3078 3183 3191 3220 3269 3410 3424 3471 3496 3509 3529 3539 3660 " +
    "3661 3713 3747 3766 3864 3885 3896 3995 4031 4036 4062 4064 4081 4083 4116 4335 4336 4536 4590 4740 " +
    "4843 4849 5061 5223 5228-5230 5321 5349 5443 5671 5684 5783 5868 5986 5989 6209 6251 6443 6513 6514 " +
    "6619 6697 6771 7202 7443 7673 7674 7677 7775 8243 8443 8883 8991 9089 9093 9295 9318 9443 9444 9614 " +
    "9802 9953 10161 10162 11751 12013 12109 14143 15002 16995 20003 41230",
};

interface PortRange {
  readonly first: number;
  readonly last: number;
}

const ranges: ReadonlyMap<string, readonly PortRange[]> = new Map(
  Object.entries(lines).map(([name, text]) => [name, text.split(" ").map(parseRange)]),
);

function parseRange(text: string): PortRange {
  const [first = "", last = first] = text.split("-");
  return { first: Number(first), last: Number(last) };
}

/** One bit a port, of the protocol's own ports; null for protocols that are at home anywhere. */
export function ownPortBits(protocol: string): Uint8Array | null {
  const list = ranges.get(protocol);
  if (list === undefined) return null;
  const bits = new Uint8Array(8192);
  for (const { first, last } of list) {
    for (let port = first; port <= last; port++) bits[port >>> 3]! |= 1 << (port & 7);
  }
  return bits;
}

export function hasPort(bits: Uint8Array, port: number): boolean {
  return (bits[port >>> 3]! & (1 << (port & 7))) !== 0;
}

/** The port to expect the protocol on; 0 where there is none. */
export function usualPort(protocol: string): number {
  return ranges.get(protocol)?.[0]?.first ?? 0;
}

/** Protocols whose assigned ports include this one; wide ranges of dynamic ports do not count. */
export function ownersOf(port: number): readonly string[] {
  const owners: string[] = [];
  for (const [name, list] of ranges) {
    const isOwner = list.some(
      ({ first, last }) => last - first < 200 && port >= first && port <= last,
    );
    if (isOwner) owners.push(name);
  }
  return owners;
}
