/** What a site says about itself, as far as keywords ask; nothing is known without a site file. */
export interface SiteFacts {
  /** The protocol is wanted on this port of this host. `words` as in Packet. */
  approves(ipVersion: number, words: Int32Array, port: number, protocol: string): boolean;
  /** Some service is wanted on this port of this host, whatever its protocol. */
  listsPort(ipVersion: number, words: Int32Array, port: number): boolean;
  /** The site lists services at all, so that one that is not in the list is news. */
  readonly listsServices: boolean;
  /** Regular contact with this service is known and wanted. */
  isAllowedDestination(ipVersion: number, words: Int32Array, port: number): boolean;
  /** Names below this registered domain (lower case) are known and wanted. */
  isAllowedDomain(domain: string): boolean;
}

/** Offsets of a time zone: `offsets[i]` seconds east of UTC hold from `starts[i]` (Unix seconds, ascending) on. */
export interface ZoneOffsets {
  /** IANA name, as `Europe/Berlin`. */
  readonly name: string;
  /** The first is -Infinity. */
  readonly starts: Float64Array;
  readonly offsets: Int32Array;
}
