/**
 * Values that hosts are seen with, and the rules that ask for new ones: a peer or port that a host contacts, a service
 * that it offers, a server name or user agent that it sends. Only hosts of the home network are followed.
 *
 * @hotpath
 */

import { addressToText } from "../../bytes/address-text.ts";
import { bytesToLatin1 } from "../../bytes/latin1.ts";
import type { Flow } from "../../flow/flow.ts";
import type { AddressSet } from "../../rule/address-set.ts";
import type { ApplicationFacts } from "./application-facts.ts";
import { Fingerprint, type SeenTable } from "./seen-table.ts";
import { Role, type Signal, type SignalSource, type Signals } from "./signals.ts";

export const seenKinds = ["peer", "port", "service", "sni", "user_agent"] as const;
export type SeenKind = (typeof seenKinds)[number];

/** Places in `seenKinds`. */
const Kind = { peer: 0, port: 1, service: 2, sni: 3, userAgent: 4 } as const;

/** Beside the numbers of kinds: that a host was seen at all. */
const HOST_MARKER = 64;
const TCP = 6;
const UDP = 17;
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
  private readonly home: AddressSet;
  private readonly print = new Fingerprint();

  constructor(table: SeenTable, signals: Signals, home: AddressSet) {
    this.table = table;
    this.signals = signals;
    this.home = home;
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

  /** The client begins a flow. */
  noteContact(flow: Flow, us: number): void {
    const { ipVersion, sourceWords, destinationWords, destinationPort, protocol } = flow;
    if (holdsAddress(this.home, ipVersion, destinationWords)) this.noteHost(destinationWords, us);
    if (!holdsAddress(this.home, ipVersion, sourceWords)) return;
    this.noteHost(sourceWords, us);
    if (this.keeps("peer")) {
      this.begin(Kind.peer, sourceWords);
      for (let i = 0; i < 4; i++) this.print.word(destinationWords[i]!);
      if (this.isNew(us)) {
        this.tell(
          Kind.peer,
          Role.client,
          sourceWords,
          us,
          addressToText(ipVersion, destinationWords),
        );
      }
    }
    if (!hasPorts(protocol) || !this.keeps("port")) return;
    this.notePort(Kind.port, Role.client, sourceWords, (protocol << 16) | destinationPort, us);
  }

  /** The server answers. */
  noteService({ ipVersion, destinationWords, destinationPort, protocol }: Flow, us: number): void {
    if (!hasPorts(protocol) || !this.keeps("service")) return;
    if (!holdsAddress(this.home, ipVersion, destinationWords)) return;
    this.notePort(
      Kind.service,
      Role.server,
      destinationWords,
      (protocol << 16) | destinationPort,
      us,
    );
  }

  /** The client names a server, or itself. */
  noteNames({ ipVersion, sourceWords }: Flow, facts: ApplicationFacts, us: number): void {
    const { serverName, userAgent } = facts;
    if (!holdsAddress(this.home, ipVersion, sourceWords)) return;
    if (serverName !== null && this.keeps("sni")) {
      this.noteText(Kind.sni, sourceWords, serverName, us);
    }
    if (userAgent !== null && this.keeps("user_agent")) {
      this.noteText(Kind.userAgent, sourceWords, userAgent, us);
    }
  }

  /** A host of the home network takes part in a flow. */
  private noteHost(host: Int32Array, us: number): void {
    this.begin(HOST_MARKER, host);
    this.print.finish();
    this.table.see(this.print.low, this.print.high, minuteOf(us));
  }

  /** @param port with the protocol in the upper half. */
  private notePort(kind: number, role: number, host: Int32Array, port: number, us: number): void {
    this.begin(kind, host);
    this.print.word(port);
    if (!this.isNew(us)) return;
    const name = port >>> 16 === TCP ? "tcp" : "udp";
    this.tell(kind, role, host, us, `${name}/${port & 0xffff}`);
  }

  private noteText(kind: number, host: Int32Array, text: Uint8Array, us: number): void {
    this.begin(kind, host);
    this.print.bytes(text);
    if (!this.isNew(us)) return;
    const end = Math.min(text.length, SUBJECT_LENGTH_MAX);
    this.tell(kind, Role.client, host, us, bytesToLatin1(text, 0, end));
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
    this.noteHost(host, us);
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

function hasPorts(protocol: number): boolean {
  return protocol === TCP || protocol === UDP;
}

/** Tells whether the address of the words, as in Packet, is in. */
export function holdsAddress(addresses: AddressSet, ipVersion: number, words: Int32Array): boolean {
  return ipVersion === 4
    ? addresses.containsIpv4(words[0]!)
    : addresses.containsIpv6(words[0]!, words[1]!, words[2]!, words[3]!);
}
