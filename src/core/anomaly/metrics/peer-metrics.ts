/**
 * What the metrics of several threads tell each other, so that each of them knows all: what was settled with keys,
 * values that hosts were seen with, and limits that a rule told of. A thread takes in what the others sent before each
 * of its packets, and some times a second without packets. Records of threads that are not read in time are lost and
 * counted.
 *
 * What two threads settle at the same moment they know of each other a moment later: a limit may be told of twice, or
 * with the next settlement of the key.
 *
 * @hotpath
 */
import type { SharedRings } from "../../bytes/shared-ring.ts";
import type { Exchange } from "./exchange.ts";
import { Metric } from "./metric.ts";

const Kind = { exchange: 0, seen: 1, told: 2 } as const;

/** Where in a record what stands. */
const CLIENT = 6;
const SERVER = 10;
const AMOUNTS = 14;
const KEY = 4;

/** Amounts that a record carries; the others follow from them. */
const carried = [Metric.failed, Metric.dnsQueries, Metric.nxdomain, Metric.tlsNoSni] as const;

/** Who takes in what others sent. */
export interface PeerReceiver {
  takeExchange(exchange: Exchange, isFirst: boolean): void;
  takeSeen(low: number, high: number, minute: number): void;
  /** `key` reads the words of the key. */
  takeTold(limit: number, window: number, key: (index: number) => number): void;
}

export class PeerMetrics {
  /** This thread speaks for all where they know the same. */
  readonly isSpeaker: boolean;
  private readonly rings: SharedRings;
  private readonly keyWord = (index: number): number => this.rings.incoming[KEY + index]!;

  constructor(rings: SharedRings, isSpeaker: boolean) {
    this.rings = rings;
    this.isSpeaker = isSpeaker;
  }

  sendExchange(exchange: Exchange): void {
    const { outgoing: record } = this.rings;
    const { clientAmounts } = exchange;
    record[0] = Kind.exchange;
    record[1] = exchange.timeUs;
    record[2] = exchange.ipVersion;
    record[3] = exchange.serverPort;
    record[4] = exchange.protocol;
    record[5] = exchange.isFirst ? 1 : 0;
    record.set(exchange.client, CLIENT);
    record.set(exchange.server, SERVER);
    record[AMOUNTS] = clientAmounts[Metric.bytesOut]!;
    record[AMOUNTS + 1] = clientAmounts[Metric.bytesIn]!;
    record[AMOUNTS + 2] = clientAmounts[Metric.packetsOut]!;
    record[AMOUNTS + 3] = clientAmounts[Metric.packetsIn]!;
    for (let i = 0; i < carried.length; i++) {
      record[AMOUNTS + 4 + i] = clientAmounts[carried[i]!]!;
    }
    this.rings.send();
  }

  sendSeen(low: number, high: number, minute: number): void {
    const { outgoing: record } = this.rings;
    record[0] = Kind.seen;
    record[1] = low;
    record[2] = high;
    record[3] = minute;
    this.rings.send();
  }

  /** @param limit a number that is the same in all threads. */
  sendTold(limit: number, window: number, words: number, key: (index: number) => number): void {
    const { outgoing: record } = this.rings;
    record[0] = Kind.told;
    record[1] = limit;
    record[2] = window;
    for (let i = 0; i < words; i++) record[KEY + i] = key(i);
    this.rings.send();
  }

  /** Takes in all that is there; `exchange` is refilled for it. */
  receive(receiver: PeerReceiver, exchange: Exchange): void {
    const { rings } = this;
    while (rings.receive()) {
      const { incoming: record } = rings;
      if (record[0] === Kind.exchange) {
        fill(exchange, record);
        receiver.takeExchange(exchange, record[5] === 1);
      } else if (record[0] === Kind.seen) {
        receiver.takeSeen(record[1]!, record[2]!, record[3]!);
      } else receiver.takeTold(record[1]!, record[2]!, this.keyWord);
    }
  }

  *counters(): IterableIterator<readonly [string, number]> {
    yield ["anomaly.shared_received", this.rings.received];
    yield ["anomaly.shared_lost", this.rings.lost];
  }
}

function fill(exchange: Exchange, record: Float64Array): void {
  exchange.timeUs = record[1]!;
  exchange.ipVersion = record[2]!;
  exchange.serverPort = record[3]!;
  exchange.protocol = record[4]!;
  for (let i = 0; i < 4; i++) {
    exchange.client[i] = record[CLIENT + i]!;
    exchange.server[i] = record[SERVER + i]!;
  }
  exchange.clientAmounts.fill(0);
  exchange.serverAmounts.fill(0);
  exchange.setTraffic(
    record[AMOUNTS]!,
    record[AMOUNTS + 1]!,
    record[AMOUNTS + 2]!,
    record[AMOUNTS + 3]!,
  );
  for (let i = 0; i < carried.length; i++) {
    exchange.clientAmounts[carried[i]!] = record[AMOUNTS + 4 + i]!;
  }
  exchange.isFirst = false;
}
