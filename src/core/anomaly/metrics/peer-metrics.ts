/**
 * What the metrics of several threads tell each other, so that each of them knows all: what was settled with keys,
 * values that hosts were seen with, and limits that a rule told of. A thread takes in what the others sent before each
 * of its packets, and some times a second without packets. Records of threads that are not read in time are lost and
 * counted.
 *
 * What two threads settle at the same moment they know of each other a moment later: a limit may then be told of with the
 * next settlement of the key. When both see it passed, or a value for the first time, the first that asks the memory they
 * share tells of it, and no other.
 *
 * @hotpath
 */
import type { SharedRings } from "../../bytes/shared-ring.ts";
import { AMOUNTS_AT, CLIENT_AT, PeerRecord, SERVER_AT } from "../peer-record.ts";
import type { Exchange } from "./exchange.ts";
import { Metric } from "./metric.ts";

/** Where the key stands in what tells of a limit. */
const KEY_AT = 4;

/** Amounts that a record carries; the others follow from them. */
const carried = [Metric.failed, Metric.dnsQueries, Metric.nxdomain, Metric.tlsNoSni] as const;

/** Who takes in what others sent. */
export interface PeerReceiver {
  takeExchange(exchange: Exchange, isFirst: boolean): void;
  takeSeen(low: number, high: number, minute: number): void;
  /** `key` reads the words of the key. */
  takeTold(limit: number, window: number, key: (index: number) => number): void;
}

/** What threads ask before they tell of something. */
export interface FirstToTell {
  /** True for the first that asks with these words until `untilUs`. */
  isFirst(key: Int32Array, nowUs: number, untilUs: number): boolean;
}

export class PeerMetrics {
  /** This thread speaks for all where they know the same. */
  readonly isSpeaker: boolean;
  readonly firstToTell: FirstToTell;
  private readonly rings: SharedRings;
  private readonly keyWord = (index: number): number => this.rings.incoming[KEY_AT + index]!;

  constructor(rings: SharedRings, firstToTell: FirstToTell, isSpeaker: boolean) {
    this.rings = rings;
    this.firstToTell = firstToTell;
    this.isSpeaker = isSpeaker;
  }

  sendExchange(exchange: Exchange): void {
    const { outgoing: record } = this.rings;
    const { clientAmounts } = exchange;
    record[0] = PeerRecord.exchange;
    record[1] = exchange.timeUs;
    record[2] = exchange.ipVersion;
    record[3] = exchange.serverPort;
    record[4] = exchange.protocol;
    record[5] = exchange.isFirst ? 1 : 0;
    record.set(exchange.client, CLIENT_AT);
    record.set(exchange.server, SERVER_AT);
    record[AMOUNTS_AT] = clientAmounts[Metric.bytesOut]!;
    record[AMOUNTS_AT + 1] = clientAmounts[Metric.bytesIn]!;
    record[AMOUNTS_AT + 2] = clientAmounts[Metric.packetsOut]!;
    record[AMOUNTS_AT + 3] = clientAmounts[Metric.packetsIn]!;
    for (let i = 0; i < carried.length; i++) {
      record[AMOUNTS_AT + 4 + i] = clientAmounts[carried[i]!]!;
    }
    this.rings.send();
  }

  sendSeen(low: number, high: number, minute: number): void {
    const { outgoing: record } = this.rings;
    record[0] = PeerRecord.seen;
    record[1] = low;
    record[2] = high;
    record[3] = minute;
    this.rings.send();
  }

  /** @param limit a number that is the same in all threads. */
  sendTold(limit: number, window: number, words: number, key: (index: number) => number): void {
    const { outgoing: record } = this.rings;
    record[0] = PeerRecord.told;
    record[1] = limit;
    record[2] = window;
    for (let i = 0; i < words; i++) record[KEY_AT + i] = key(i);
    this.rings.send();
  }

  /** `exchange` is refilled for what comes. */
  listen(receiver: PeerReceiver, exchange: Exchange): void {
    const { hear } = this.rings;
    hear[PeerRecord.exchange] = (record) => {
      fill(exchange, record);
      receiver.takeExchange(exchange, record[5] === 1);
    };
    hear[PeerRecord.seen] = (record) => receiver.takeSeen(record[1]!, record[2]!, record[3]!);
    hear[PeerRecord.told] = (record) => receiver.takeTold(record[1]!, record[2]!, this.keyWord);
  }

  /** Takes in what others sent. */
  receive(): void {
    this.rings.poll();
  }
}

function fill(exchange: Exchange, record: Float64Array): void {
  exchange.timeUs = record[1]!;
  exchange.ipVersion = record[2]!;
  exchange.serverPort = record[3]!;
  exchange.protocol = record[4]!;
  for (let i = 0; i < 4; i++) {
    exchange.client[i] = record[CLIENT_AT + i]!;
    exchange.server[i] = record[SERVER_AT + i]!;
  }
  exchange.clientAmounts.fill(0);
  exchange.serverAmounts.fill(0);
  exchange.setTraffic(
    record[AMOUNTS_AT]!,
    record[AMOUNTS_AT + 1]!,
    record[AMOUNTS_AT + 2]!,
    record[AMOUNTS_AT + 3]!,
  );
  for (let i = 0; i < carried.length; i++) {
    exchange.clientAmounts[carried[i]!] = record[AMOUNTS_AT + 4 + i]!;
  }
  exchange.isFirst = false;
}
