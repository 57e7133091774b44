/**
 * Names that engines in threads tell each other: each of them knows what clients asked for in all. A name goes by its
 * hashes, which have the same key in all threads, once a window and thread.
 */
import type { SharedRings } from "../../bytes/shared-ring.ts";
import { CLIENT_AT, PeerRecord } from "../peer-record.ts";
import type { DomainLog, NotedName } from "./domain-log.ts";

/** Places in a record, behind the kind. */
const TIME = 1;
const VERSION = 2;
const WINDOW = 3;
const BIT = 4;
const LENGTH = 5;
const DOMAIN = 10;
const ENTROPY = 12;

export class PeerNames {
  private readonly rings: SharedRings;
  private readonly logs = new Map<number, DomainLog>();

  constructor(rings: SharedRings) {
    this.rings = rings;
    const name: NotedName = {
      timeUs: 0,
      client: new Int32Array(4),
      ipVersion: 0,
      domainLow: 0,
      domainHigh: 0,
      bit: 0,
      length: 0,
      entropy: 0,
    };
    rings.hear[PeerRecord.name] = (record) =>
      this.logs.get(record[WINDOW]!)?.add(read(record, name));
  }

  /** Names of others go into this log, too. */
  join(windowSeconds: number, log: DomainLog): void {
    this.logs.set(windowSeconds, log);
  }

  /** Takes in what others sent. */
  receive(): void {
    this.rings.poll();
  }

  send(windowSeconds: number, name: NotedName): void {
    const { outgoing: record } = this.rings;
    record[0] = PeerRecord.name;
    record[TIME] = name.timeUs;
    record[VERSION] = name.ipVersion;
    record[WINDOW] = windowSeconds;
    record[BIT] = name.bit;
    record[LENGTH] = name.length;
    record.set(name.client, CLIENT_AT);
    record[DOMAIN] = name.domainLow;
    record[DOMAIN + 1] = name.domainHigh;
    record[ENTROPY] = name.entropy;
    this.rings.send();
  }

  *counters(): IterableIterator<readonly [string, number]> {
    // What was sent and lost is counted with the rings.
  }
}

function read(record: Float64Array, name: NotedName): NotedName {
  name.timeUs = record[TIME]!;
  name.ipVersion = record[VERSION]!;
  name.bit = record[BIT]!;
  name.length = record[LENGTH]!;
  for (let i = 0; i < 4; i++) name.client[i] = record[CLIENT_AT + i]!;
  name.domainLow = record[DOMAIN]!;
  name.domainHigh = record[DOMAIN + 1]!;
  name.entropy = record[ENTROPY]!;
  return name;
}
