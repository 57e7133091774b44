/** Numbers of DNS and their names: types of resource records, response codes (IANA "DNS Parameters"). */

/** Types whose data is looked into. */
export const RecordType = {
  a: 1,
  ns: 2,
  cname: 5,
  soa: 6,
  null: 10,
  ptr: 12,
  mx: 15,
  txt: 16,
  aaaa: 28,
  srv: 33,
  opt: 41,
  sshfp: 44,
} as const;

const typeNames: readonly (readonly [number, string])[] = [
  [1, "A"],
  [2, "NS"],
  [3, "MD"],
  [4, "MF"],
  [5, "CNAME"],
  [6, "SOA"],
  [7, "MB"],
  [8, "MG"],
  [9, "MR"],
  [10, "NULL"],
  [11, "WKS"],
  [12, "PTR"],
  [13, "HINFO"],
  [14, "MINFO"],
  [15, "MX"],
  [16, "TXT"],
  [17, "RP"],
  [18, "AFSDB"],
  [19, "X25"],
  [20, "ISDN"],
  [21, "RT"],
  [22, "NSAP"],
  [23, "NSAPPTR"],
  [24, "SIG"],
  [25, "KEY"],
  [26, "PX"],
  [27, "GPOS"],
  [28, "AAAA"],
  [29, "LOC"],
  [30, "NXT"],
  [33, "SRV"],
  [34, "ATMA"],
  [35, "NAPTR"],
  [36, "KX"],
  [37, "CERT"],
  [38, "A6"],
  [39, "DNAME"],
  [41, "OPT"],
  [42, "APL"],
  [43, "DS"],
  [44, "SSHFP"],
  [45, "IPSECKEY"],
  [46, "RRSIG"],
  [47, "NSEC"],
  [48, "DNSKEY"],
  [49, "DHCID"],
  [50, "NSEC3"],
  [51, "NSEC3PARAM"],
  [52, "TLSA"],
  [55, "HIP"],
  [59, "CDS"],
  [60, "CDNSKEY"],
  [65, "HTTPS"],
  [99, "SPF"],
  [249, "TKEY"],
  [250, "TSIG"],
  [254, "MAILA"],
  [255, "ANY"],
  [256, "URI"],
];

const responseCodeNames: readonly (readonly [number, string])[] = [
  [0, "NOERROR"],
  [1, "FORMERR"],
  [2, "SERVFAIL"],
  [3, "NXDOMAIN"],
  [4, "NOTIMP"],
  [5, "REFUSED"],
  [6, "YXDOMAIN"],
  [7, "YXRRSET"],
  [8, "NXRRSET"],
  [9, "NOTAUTH"],
  [10, "NOTZONE"],
  [16, "BADVERS"],
  [17, "BADKEY"],
  [18, "BADTIME"],
  [19, "BADMODE"],
  [20, "BADNAME"],
  [21, "BADALG"],
  [22, "BADTRUNC"],
];

const namesByType: ReadonlyMap<number, string> = new Map(typeNames);
const namesByCode: ReadonlyMap<number, string> = new Map(responseCodeNames);

/** What rules may write for a number. */
export const recordTypesByName: ReadonlyMap<string, number> = new Map(
  typeNames.map(([type, name]) => [name, type]),
);
export const responseCodesByName: ReadonlyMap<string, number> = new Map(
  responseCodeNames.map(([code, name]) => [name, code]),
);

/** The type's name, or its number where it has none here. */
export function recordTypeName(type: number): string {
  return namesByType.get(type) ?? `${type}`;
}

export function isNamedType(type: number): boolean {
  return namesByType.has(type);
}

export function responseCodeName(code: number): string {
  return namesByCode.get(code) ?? `${code}`;
}
