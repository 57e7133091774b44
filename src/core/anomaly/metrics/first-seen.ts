/**
 * Values that hosts are seen with, and the rules that ask for new ones: a peer or port that a host contacts, a service
 * that it offers, a server name or user agent that it sends. Only hosts of the home network are followed.
 *
 * @hotpath
 */
import { addressToText } from "../../bytes/address-text.ts";
import { bytesToLatin1 } from "../../bytes/latin1.ts";
import { Fingerprint, type SeenTable } from "./seen-table.ts";
import { Role, type Signal, type SignalSource, type Signals } from "./signals.ts";

export const seenKinds = ["peer", "port", "service", "sni", "user_agent"] as const;
export type SeenKind = (typeof seenKinds)[number];

/** Numbers of kinds; the marker of a host is kept under the kind and this. */
const HOST_MARKER = 64;
const MINUTE_US = 60_000_000;
/** Characters of a name that a signal tells. */
const SUBJECT_LENGTH_MAX = 128;

export class FirstSeenLimit implements SignalSource {
  readonly kind: SeenKind;
  readonly learnMinutes: number;
  /** A value not seen for so long is new again; Infinity for never. */
  readonly expireMinutes: number;

  constructor(kind: SeenKind, learnMinutes: number, expireMinutes: number) {
    this.kind = kind;
    this.learnMinutes = learnMinutes;
    this.expireMinutes = expireMinutes;
  }

  take(_signal: Signal): void {
    // A value is new once: nothing has to be remembered.
  }

  isOpen(): boolean {
    return true;
  }
}

/** Hosts and their values, for one engine. */
export class FirstSeen {
  readonly table: SeenTable;
  private readonly limits: FirstSeenLimit[][] = seenKinds.map(() => []);
  private readonly isKept: boolean[] = seenKinds.map(() => false);
  private readonly signals: Signals;
  private readonly print = new Fingerprint();

  constructor(table: SeenTable, signals: Signals) {
    this.table = table;
    this.signals = signals;
  }

  add(limit: FirstSeenLimit): void {
    const kind = seenKinds.indexOf(limit.kind);
    this.limits[kind]!.push(limit);
    this.isKept[kind] = true;
  }

  /** Values of the kind are asked for. */
  keeps(kind: SeenKind): boolean {
    return this.isKept[seenKinds.indexOf(kind)]!;
  }

  get isEmpty(): boolean {
    return !this.isKept.includes(true);
  }

  notePeer(role: number, host: Int32Array, ipVersion: number, peer: Int32Array, us: number): void {
    this.begin(0, host);
    for (let i = 0; i < 4; i++) this.print.word(peer[i]!);
    if (this.isNew(us)) this.tell(0, role, host, us, addressToText(ipVersion, peer));
  }

  /** @param kind "port": that a host contacts; "service": that it offers. */
  notePort(
    kind: "port" | "service",
    role: number,
    host: Int32Array,
    port: number,
    protocol: number,
    us: number,
  ): void {
    const number = seenKinds.indexOf(kind);
    this.begin(number, host);
    this.print.word((protocol << 16) | port);
    if (!this.isNew(us)) return;
    const name = protocol === 6 ? "tcp" : protocol === 17 ? "udp" : String(protocol);
    this.tell(number, role, host, us, `${name}/${port}`);
  }

  noteText(kind: "sni" | "user_agent", host: Int32Array, text: Uint8Array, us: number): void {
    const number = seenKinds.indexOf(kind);
    this.begin(number, host);
    this.print.bytes(text);
    if (!this.isNew(us)) return;
    this.tell(
      number,
      Role.client,
      host,
      us,
      bytesToLatin1(text, 0, Math.min(text.length, SUBJECT_LENGTH_MAX)),
    );
  }

  private begin(kind: number, host: Int32Array): void {
    this.print.start(kind);
    for (let i = 0; i < 4; i++) this.print.word(host[i]!);
  }

  /** Notes the value; whether a rule may want to know. */
  private isNew(us: number): boolean {
    const { print, table } = this;
    print.finish();
    const minute = minuteOf(us);
    table.see(print.low, print.high, minute);
    // A sight that is older than the shortest expiry asks as well.
    return table.lastMinute === 0 || minute - table.lastMinute > DAY_MINUTES;
  }

  private tell(kind: number, role: number, host: Int32Array, us: number, subject: string): void {
    const minute = minuteOf(us);
    const lastMinute = this.table.lastMinute;
    this.begin(HOST_MARKER + kind, host);
    this.print.finish();
    this.table.see(this.print.low, this.print.high, minute);
    const since = this.table.firstMinute;
    const learned = since === 0 ? 0 : minute - since;
    for (const limit of this.limits[kind]!) {
      if (learned < limit.learnMinutes) continue;
      if (lastMinute > 0 && minute - lastMinute <= limit.expireMinutes) continue;
      const signal = this.signals.raise(limit, role, 0);
      if (signal === null) return;
      signal.value = 1;
      signal.subject = subject;
      signal.learnedWindows = learned;
    }
  }
}

/** The shortest time after which a value can be new again. */
export const DAY_MINUTES = 1440;

function minuteOf(us: number): number {
  return Math.max(1, Math.floor(us / MINUTE_US));
}
