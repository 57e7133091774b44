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
import type { Site } from "../site.ts";
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
/** A host whose value was seen so shortly before is not noted again; expiry is longer. */
const REFRESH_MINUTES = 60;
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
  /** By rule set. */
  private readonly loaded = new WeakMap<object, readonly FirstSeenLimit[]>();
  private readonly limits: FirstSeenLimit[][] = seenKinds.map(() => []);
  private readonly isKept: boolean[] = seenKinds.map(() => false);
  private readonly signals: Signals;
  private readonly home: AddressSet;
  private readonly site: Site;
  private readonly print = new Fingerprint();
  /** Of no use but to keep reads. */
  reached = 0;
  /** Hears of values that are new or were not seen for a while, for other threads. */
  onSeen: ((low: number, high: number, minute: number) => void) | null = null;
  /** Whether no other thread saw the value at the same moment; null: there are none. */
  isFirst: ((low: number, high: number, us: number) => boolean) | null = null;
  /** No rule asks for anything. */
  isEmpty = true;
  /** Of the last `isNews`: its minute, that of the sight before (0 for none), how long the host is known. */
  private minute = 0;
  private lastMinute = 0;
  private learnedMinutes = 0;

  constructor(table: SeenTable, signals: Signals, home: AddressSet, site: Site) {
    this.table = table;
    this.signals = signals;
    this.home = home;
    this.site = site;
  }

  /** A limit of a rule set; asked when that is in use. */
  add(limit: FirstSeenLimit, user: object, isInUse: boolean): void {
    this.loaded.set(user, [...(this.loaded.get(user) ?? []), limit]);
    if (isInUse) this.use(user);
  }

  /** The rules of `user` are the ones in use. */
  use(user: object): void {
    const wanted = this.loaded.get(user) ?? [];
    seenKinds.forEach((kind, index) => {
      this.limits[index] = wanted.filter((limit) => limit.kind === kind);
      this.isKept[index] = this.limits[index].length > 0;
    });
    this.isEmpty = wanted.length === 0;
  }

  /** Values of the kind are asked for. */
  keeps(kind: SeenKind): boolean {
    return this.isKept[seenKinds.indexOf(kind)]!;
  }

  /** The client begins a flow. */
  noteContact(flow: Flow, us: number): void {
    const { ipVersion, sourceWords, destinationWords, destinationPort, protocol } = flow;
    if (!holdsAddress(this.home, ipVersion, sourceWords)) return;
    const keepsPeers = this.isKept[Kind.peer]!;
    const keepsPorts = this.isKept[Kind.port]! && hasPorts(protocol);
    if (!keepsPeers && !keepsPorts) this.noteHost(sourceWords, us);
    if (keepsPeers) {
      this.begin(Kind.peer, sourceWords);
      for (let i = 0; i < 4; i++) this.print.word(destinationWords[i]!);
      if (this.isNews(Kind.peer, sourceWords, us)) {
        this.tell(Kind.peer, Role.client, addressToText(ipVersion, destinationWords));
      }
    }
    if (!keepsPorts) return;
    this.notePort(Kind.port, Role.client, sourceWords, (protocol << 16) | destinationPort, us);
  }

  /** Reads what `noteContact` will ask of the table: before other tables are read, to wait for all of them once. */
  reachContact(flow: Flow): void {
    const { print, table } = this;
    const { ipVersion, sourceWords, destinationWords, protocol, destinationPort } = flow;
    if (!holdsAddress(this.home, ipVersion, sourceWords)) return;
    this.begin(HOST_MARKER, sourceWords);
    print.finish();
    let read = table.reach(print.low, print.high);
    this.begin(Kind.peer, sourceWords);
    for (let i = 0; i < 4; i++) print.word(destinationWords[i]!);
    print.finish();
    read ^= table.reach(print.low, print.high);
    this.begin(Kind.port, sourceWords);
    print.word((protocol << 16) | destinationPort);
    print.finish();
    this.reached = read ^ table.reach(print.low, print.high);
  }

  /** The server answers. What the site lists is never new. */
  noteService({ ipVersion, destinationWords, destinationPort, protocol }: Flow, us: number): void {
    if (!this.isKept[Kind.service]! || !hasPorts(protocol)) return;
    if (!holdsAddress(this.home, ipVersion, destinationWords)) return;
    if (this.site.listsPort(ipVersion, destinationWords, destinationPort)) return;
    const port = (protocol << 16) | destinationPort;
    this.notePort(Kind.service, Role.server, destinationWords, port, us);
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

  /** A host of the home network is there; `table.firstMinute` tells since when. */
  private noteHost(host: Int32Array, us: number): void {
    this.begin(HOST_MARKER, host);
    this.print.finish();
    const { print, table } = this;
    const minute = minuteOf(us);
    table.see(print.low, print.high, minute);
    if (this.onSeen === null || !isNewsAt(table.lastMinute, minute)) return;
    this.onSeen(print.low, print.high, minute);
  }

  /** @param port with the protocol in the upper half. */
  private notePort(kind: number, role: number, host: Int32Array, port: number, us: number): void {
    this.begin(kind, host);
    this.print.word(port);
    if (!this.isNews(kind, host, us)) return;
    const name = port >>> 16 === TCP ? "tcp" : "udp";
    this.tell(kind, role, `${name}/${port & 0xffff}`);
  }

  private noteText(kind: number, host: Int32Array, text: Uint8Array, us: number): void {
    this.begin(kind, host);
    this.print.bytes(text);
    if (!this.isNews(kind, host, us)) return;
    const end = Math.min(text.length, SUBJECT_LENGTH_MAX);
    this.tell(kind, Role.client, bytesToLatin1(text, 0, end));
  }

  private begin(kind: number, host: Int32Array): void {
    this.print.start(kind);
    for (let i = 0; i < 4; i++) this.print.word(host[i]!);
  }

  /** Notes the value that was begun; whether a rule wants to know. */
  private isNews(kind: number, host: Int32Array, us: number): boolean {
    const { print, table } = this;
    print.finish();
    this.minute = minuteOf(us);
    table.see(print.low, print.high, this.minute);
    this.lastMinute = table.lastMinute;
    // What is seen all the time costs one look.
    if (!isNewsAt(this.lastMinute, this.minute)) return false;
    const { low, high } = print;
    this.onSeen?.(low, high, this.minute);
    this.noteHost(host, us);
    const since = table.firstMinute;
    this.learnedMinutes = since === 0 ? 0 : this.minute - since;
    const limits = this.limits[kind]!;
    for (let i = 0; i < limits.length; i++) {
      if (this.passes(limits[i]!)) return this.isFirst === null || this.isFirst(low, high, us);
    }
    return false;
  }

  private passes({ learnMinutes, expireMinutes }: FirstSeenLimit): boolean {
    if (this.learnedMinutes < learnMinutes) return false;
    return this.lastMinute === 0 || this.minute - this.lastMinute > expireMinutes;
  }

  private tell(kind: number, role: number, subject: string): void {
    for (const limit of this.limits[kind]!) {
      if (!this.passes(limit)) continue;
      const signal = this.signals.raise(limit, role, 0);
      if (signal === null) return;
      signal.value = 1;
      signal.subject = subject;
      signal.learnedWindows = this.learnedMinutes;
    }
  }
}

function isNewsAt(lastMinute: number, minute: number): boolean {
  return lastMinute === 0 || minute - lastMinute > REFRESH_MINUTES;
}

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
