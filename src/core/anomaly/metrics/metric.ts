/**
 * What is measured, and of whom. "Out" is what the key sends and begins, "in" what it receives and accepts; a network's
 * own inner traffic is not counted. Sums are added up over a window; counts are of different values in it.
 */

export interface MetricDeclaration {
  readonly name: string;
  readonly kind: "sum" | "count" | "ratio";
  /** For the manual: what follows "the number of" or stands alone. */
  readonly summary: string;
}

/** In the order of their numbers. */
export const metrics = [
  { name: "bytes_out", kind: "sum", summary: "bytes sent, headers included" },
  { name: "bytes_in", kind: "sum", summary: "bytes received" },
  { name: "packets_out", kind: "sum", summary: "packets sent" },
  { name: "packets_in", kind: "sum", summary: "packets received" },
  { name: "flows_out", kind: "sum", summary: "flows begun" },
  { name: "flows_in", kind: "sum", summary: "flows accepted" },
  {
    name: "failed",
    kind: "sum",
    summary: "TCP connections begun that were refused or not answered",
  },
  { name: "dns_queries", kind: "sum", summary: "DNS queries sent" },
  { name: "nxdomain", kind: "sum", summary: "answers that a queried name does not exist" },
  { name: "tls_no_sni", kind: "sum", summary: "TLS client hellos without a server name" },
  { name: "upload", kind: "sum", summary: "bytes sent to hosts outside the home network" },
  { name: "download", kind: "sum", summary: "bytes received from hosts outside the home network" },
  { name: "peers", kind: "count", summary: "different hosts contacted" },
  { name: "clients", kind: "count", summary: "different hosts that made contact" },
  { name: "ports", kind: "count", summary: "different destination ports contacted" },
  {
    name: "upload_ratio",
    kind: "ratio",
    summary: "bytes sent for each byte received, once 1 MiB was sent",
  },
] as const satisfies readonly MetricDeclaration[];

export type MetricName = (typeof metrics)[number]["name"];

export const metricNames: readonly MetricName[] = metrics.map(({ name }) => name);

export const METRIC_COUNT = metrics.length;

/** Number of a metric by name. */
export function metricIndex(name: MetricName): number {
  return metricNames.indexOf(name);
}

export const Metric = {
  bytesOut: 0,
  bytesIn: 1,
  packetsOut: 2,
  packetsIn: 3,
  flowsOut: 4,
  flowsIn: 5,
  failed: 6,
  dnsQueries: 7,
  nxdomain: 8,
  tlsNoSni: 9,
  upload: 10,
  download: 11,
  peers: 12,
  clients: 13,
  ports: 14,
  uploadRatio: 15,
} as const;

/** Whom a metric is kept of. */
export const keyKinds = ["host", "pair", "service", "network"] as const;
export type KeyKind = (typeof keyKinds)[number];

/**
 * Words of a key. host: address (4), version. pair: client (4), server (4), version. service: server (4), version,
 * port and protocol in one. network: its number in the site file.
 */
export const keyWords: Readonly<Record<KeyKind, number>> = {
  host: 5,
  pair: 9,
  service: 6,
  network: 1,
};

/** How a rule names the key, by the packet that it is asked with. */
export const tracks = ["by_src", "by_dst", "by_both", "by_service", "by_network"] as const;
export type Track = (typeof tracks)[number];

export const kindOfTrack: Readonly<Record<Track, KeyKind>> = {
  by_src: "host",
  by_dst: "host",
  by_both: "pair",
  by_service: "service",
  by_network: "network",
};

/** What a baseline tells apart. */
export const seasons = ["none", "hour_of_day", "hour_of_week"] as const;
export type Season = (typeof seasons)[number];

export const seasonSlots: Readonly<Record<Season, number>> = {
  none: 1,
  hour_of_day: 24,
  hour_of_week: 168,
};
