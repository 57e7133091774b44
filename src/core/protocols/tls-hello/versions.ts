/** Protocol versions of SSL and TLS with their drafts: numbers on the wire and the names in events. */

export const TlsVersion = {
  unknown: 0,
  ssl2: 0x0002,
  ssl3: 0x0300,
  tls10: 0x0301,
  tls11: 0x0302,
  tls12: 0x0303,
  tls13: 0x0304,
  /** Drafts of TLS 1.3 before 16: they called themselves 0x0304. */
  tls13Early: 0x7f01,
} as const;

const names = new Map<number, string>([
  [TlsVersion.unknown, "UNDETERMINED"],
  [TlsVersion.ssl2, "SSLv2"],
  [TlsVersion.ssl3, "SSLv3"],
  [TlsVersion.tls10, "TLSv1"],
  [TlsVersion.tls11, "TLS 1.1"],
  [TlsVersion.tls12, "TLS 1.2"],
  [TlsVersion.tls13, "TLS 1.3"],
  [TlsVersion.tls13Early, "TLS 1.3 draft-<16"],
]);
for (let draft = 16; draft <= 28; draft++) names.set(0x7f00 | draft, `TLS 1.3 draft-${draft}`);
for (const draft of [20, 21, 22, 23, 26]) names.set(0xfb00 | draft, `TLS 1.3 draft-${draft}-fb`);

/** The name in events; `0xhhhh` for a number that stands for none. */
export function tlsVersionName(version: number): string {
  return names.get(version) ?? `0x${version.toString(16).padStart(4, "0")}`;
}

/** A version that records may carry: SSL 3.0, TLS and its drafts. */
export function isTlsVersion(version: number): boolean {
  return version > TlsVersion.ssl2 && names.has(version);
}
