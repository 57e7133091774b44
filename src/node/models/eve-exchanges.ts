/**
 * EVE records as traffic for metrics: flow records as what was exchanged, dns and tls records as facts about it. A flow
 * counts when its record says that it ended; records are taken in the order of the file. Lines that are no records, and
 * records without addresses, are counted and left out.
 */
import { createReadStream } from "node:fs";
import readline from "node:readline";
import { Exchange } from "../../core/anomaly/metrics/exchange.ts";
import { Metric } from "../../core/anomaly/metrics/metric.ts";
import type { TrafficMetrics } from "../../core/anomaly/metrics/traffic-metrics.ts";
import { parseIpv4, parseIpv6 } from "../../core/rule/ip-address.ts";
import { FileError } from "../errors.ts";

export interface EveCounts {
  records: number;
  /** Lines that could not be used, records of other types left out. */
  bad: number;
}

interface EveRecord {
  readonly event_type?: unknown;
  readonly timestamp?: unknown;
  readonly src_ip?: unknown;
  readonly dest_ip?: unknown;
  readonly dest_port?: unknown;
  readonly proto?: unknown;
  readonly flow?: Readonly<Record<string, unknown>>;
  readonly dns?: Readonly<Record<string, unknown>>;
  readonly tls?: Readonly<Record<string, unknown>>;
}

const protocolNumbers: ReadonlyMap<string, number> = new Map([
  ["TCP", 6],
  ["UDP", 17],
  ["ICMP", 1],
  ["IPv6-ICMP", 58],
  ["SCTP", 132],
]);

/** Feeds all records of a file. Throws FileError. */
export async function learnEve(
  file: string,
  metrics: TrafficMetrics,
  seed: number,
): Promise<EveCounts> {
  const counts: EveCounts = { records: 0, bad: 0 };
  const exchange = new Exchange();
  try {
    for await (const line of readline.createInterface({ input: createReadStream(file) })) {
      if (line.trim() === "") continue;
      const record = parseRecord(line);
      if (record === null) counts.bad++;
      else if (isWanted(record)) {
        if (fill(exchange, record, seed)) {
          counts.records++;
          metrics.settle(exchange);
        } else counts.bad++;
      }
    }
  } catch (cause) {
    throw new FileError(`cannot read "${file}"`, { cause });
  }
  return counts;
}

function parseRecord(line: string): EveRecord | null {
  try {
    const value: unknown = JSON.parse(line);
    return value !== null && typeof value === "object" ? value : null;
  } catch {
    return null;
  }
}

function isWanted({ event_type, flow, dns, tls }: EveRecord): boolean {
  if (event_type === "flow") return flow !== undefined;
  return (event_type === "dns" && dns !== undefined) || (event_type === "tls" && tls !== undefined);
}

function fill(exchange: Exchange, record: EveRecord, seed: number): boolean {
  const client = toWords(record.src_ip);
  const server = toWords(record.dest_ip);
  const time = timeUs(record.flow?.["end"] ?? record.timestamp);
  if (client === null || server === null || time === null) return false;
  const port = typeof record.dest_port === "number" ? record.dest_port : 0;
  const protocol = protocolNumbers.get(String(record.proto)) ?? 0;
  exchange.timeUs = time;
  exchange.isFirst = false;
  exchange.setSides(client.version, client.words, server.words, port, protocol);
  const { clientAmounts } = exchange;
  if (record.flow !== undefined) {
    const { flow } = record;
    exchange.setTraffic(
      amount(flow["bytes_toserver"]),
      amount(flow["bytes_toclient"]),
      amount(flow["pkts_toserver"]),
      amount(flow["pkts_toclient"]),
    );
    exchange.setFirst(seed);
    const isUnanswered = protocol === 6 && amount(flow["pkts_toclient"]) === 0;
    clientAmounts[Metric.failed] = isUnanswered ? 1 : 0;
  } else if (record.dns !== undefined) {
    const { type, rcode } = record.dns;
    if (type === "query" || type === "request") clientAmounts[Metric.dnsQueries] = 1;
    else if (rcode === "NXDOMAIN") clientAmounts[Metric.nxdomain] = 1;
  } else if (typeof record.tls?.["sni"] !== "string") clientAmounts[Metric.tlsNoSni] = 1;
  return true;
}

function amount(value: unknown): number {
  return typeof value === "number" && value > 0 ? value : 0;
}

/** Microseconds of an EVE timestamp, as 2026-06-01T10:00:00.123456+0200. */
function timeUs(text: unknown): number | null {
  const match = /^(.*T\d\d:\d\d:\d\d)(?:\.(\d{1,6}))?\d*(Z|[+-]\d\d:?\d\d)?$/.exec(String(text));
  if (match === null) return null;
  const zone = (match[3] ?? "Z").replace(/^([+-]\d\d)(\d\d)$/, "$1:$2");
  const ms = Date.parse(`${match[1]}${zone}`);
  return Number.isNaN(ms) ? null : ms * 1000 + Number((match[2] ?? "0").padEnd(6, "0"));
}

interface AddressWords {
  readonly version: number;
  readonly words: Int32Array;
}

function toWords(text: unknown): AddressWords | null {
  if (typeof text !== "string") return null;
  const version = text.includes(":") ? 6 : 4;
  const number = version === 6 ? parseIpv6(text) : parseIpv4(text);
  if (number === null) return null;
  const words = new Int32Array(4);
  if (version === 4) words[0] = Number(number) | 0;
  else {
    for (let i = 0; i < 4; i++)
      words[i] = Number((number >> BigInt(96 - 32 * i)) & 0xffffffffn) | 0;
  }
  return { version, words };
}
