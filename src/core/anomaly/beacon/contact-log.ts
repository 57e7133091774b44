/**
 * The contacts of client and service pairs: when each flow began and how much the client sent, the last 48 of
 * both, in typed columns over a bounded table. Contacts that follow within two seconds are one. Beside them, by
 * service, a 64-bit sketch of how many clients it has.
 *
 * Memory: 65,536 pairs of 480 bytes and as many services of 60, 35 MB when all are taken, made with the first
 * rule that asks. At the limit pairs with the fewest contacts go first, counted.
 *
 * @hotpath
 */
import type { Flow } from "../../flow/flow.ts";
import { finishHash, mixWord, WayTable } from "../way-table.ts";

/** Pairs of client and service, and services, that are followed at once. */
export const BEACON_PAIRS_MAX = 65_536;
/** Intervals and sizes kept of one pair. */
export const CONTACTS_KEPT = 48;
/** Flows that begin so shortly after another belong to one contact. */
const MERGE_US = 2_000_000;
/** Pairs without contact for so long go first. */
const IDLE_US = 3 * 86_400 * 1_000_000;

/** What a contact is of a flow. */
export type Contact = Pick<
  Flow,
  "startUs" | "sourceWords" | "destinationWords" | "destinationPort" | "protocol" | "ipVersion"
>;

export class ContactLog {
  /** The last `note` was the first of its flow. */
  isNews = false;
  readonly pairs: WayTable;
  readonly services: WayTable;
  /** By pair: contacts ever, intervals and sizes ever put into the rings. */
  readonly contacts: Uint32Array;
  readonly sizesSeen: Uint32Array;
  /** By pair: packet time of the first contact; of the latest, and of the latest flow merged into it. */
  readonly firstUs: Float64Array;
  readonly latestUs: Float64Array;
  /** Seconds between contacts, bytes to the server: rings of CONTACTS_KEPT a pair. */
  readonly intervals: Float32Array;
  readonly sizes: Float32Array;
  private readonly flowUs: Float64Array;
  /** 64 bits a service, one set for each client. */
  private readonly clients: Uint32Array;
  private readonly seed: number;

  constructor(seed: number, limitCount = BEACON_PAIRS_MAX) {
    this.seed = seed;
    this.pairs = new WayTable(limitCount, 11, seed, IDLE_US);
    this.services = new WayTable(limitCount, 7, ~seed, IDLE_US);
    const { limitCount: slots } = this.pairs;
    this.contacts = new Uint32Array(slots);
    this.sizesSeen = new Uint32Array(slots);
    this.firstUs = new Float64Array(slots);
    this.latestUs = new Float64Array(slots);
    this.flowUs = new Float64Array(slots);
    this.intervals = new Float32Array(slots * CONTACTS_KEPT);
    this.sizes = new Float32Array(slots * CONTACTS_KEPT);
    this.clients = new Uint32Array(2 * slots);
  }

  /** Notes the flow's begin, once however often it is called for a flow. Returns the pair's slot. */
  note(flow: Contact): number {
    const { startUs } = flow;
    this.setPairKey(flow);
    const slot = this.pairs.take(startUs);
    this.isNews = this.pairs.isNew || startUs > this.flowUs[slot]!;
    if (this.pairs.isNew) this.begin(slot, flow);
    else if (this.isNews) this.addContact(slot, flow);
    return slot;
  }

  /** The pair's slot, or -1. */
  find(flow: Contact): number {
    this.setPairKey(flow);
    return this.pairs.find();
  }

  /** The flow is over: its size is known. False: its pair is not. */
  noteEnd(flow: Contact & Pick<Flow, "bytesToServer">): boolean {
    const slot = this.find(flow);
    if (slot < 0) return false;
    const ring = this.sizesSeen[slot]! % CONTACTS_KEPT;
    this.sizes[slot * CONTACTS_KEPT + ring] = flow.bytesToServer;
    this.sizesSeen[slot]!++;
    return true;
  }

  /** From the first contact to the latest. */
  spanSeconds(slot: number): number {
    return (this.latestUs[slot]! - this.firstUs[slot]!) / 1e6;
  }

  /** How many clients the flow's service has had, by a sketch that is good to some 100. */
  clientsOf(flow: Contact): number {
    this.setServiceKey(flow);
    const slot = this.services.find();
    if (slot < 0) return 0;
    const set = countBits(this.clients[2 * slot]!) + countBits(this.clients[2 * slot + 1]!);
    return set === 64 ? 1000 : Math.round(-64 * Math.log((64 - set) / 64));
  }

  private begin(slot: number, flow: Contact): void {
    this.contacts[slot] = 1;
    this.sizesSeen[slot] = 0;
    this.firstUs[slot] = this.latestUs[slot] = this.flowUs[slot] = flow.startUs;
    this.noteClient(flow);
  }

  private addContact(slot: number, flow: Contact): void {
    const { startUs } = flow;
    const gapUs = startUs - this.flowUs[slot]!;
    this.flowUs[slot] = startUs;
    if (gapUs < MERGE_US) return;
    const ring = (this.contacts[slot]! - 1) % CONTACTS_KEPT;
    this.intervals[slot * CONTACTS_KEPT + ring] = (startUs - this.latestUs[slot]!) / 1e6;
    this.latestUs[slot] = startUs;
    this.noteClient(flow);
    this.contacts[slot]!++;
    this.pairs.weight[slot] = this.contacts[slot]!;
  }

  /** With each contact: a service that is used stays, with all of its clients. */
  private noteClient(flow: Contact): void {
    this.setServiceKey(flow);
    const slot = this.services.take(flow.startUs);
    if (this.services.isNew) this.clients[2 * slot] = this.clients[2 * slot + 1] = 0;
    let hash = this.seed ^ 0x2545f491;
    for (let i = 0; i < 4; i++) hash = mixWord(hash, flow.sourceWords[i]!);
    const bit = finishHash(hash) & 63;
    this.clients[2 * slot + (bit >>> 5)]! |= 1 << (bit & 31);
    this.services.weight[slot]!++;
  }

  private setPairKey(flow: Contact): void {
    const { key } = this.pairs;
    const { sourceWords, destinationWords } = flow;
    for (let i = 0; i < 4; i++) {
      key[i] = sourceWords[i]!;
      key[4 + i] = destinationWords[i]!;
    }
    key[8] = flow.destinationPort;
    key[9] = flow.protocol;
    key[10] = flow.ipVersion;
  }

  private setServiceKey(flow: Contact): void {
    const { key } = this.services;
    const { destinationWords } = flow;
    for (let i = 0; i < 4; i++) key[i] = destinationWords[i]!;
    key[4] = flow.destinationPort;
    key[5] = flow.protocol;
    key[6] = flow.ipVersion;
  }
}

function countBits(word: number): number {
  let bits = word - ((word >>> 1) & 0x55555555);
  bits = (bits & 0x33333333) + ((bits >>> 2) & 0x33333333);
  return Math.imul((bits + (bits >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
}
