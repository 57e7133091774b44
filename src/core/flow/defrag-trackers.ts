/**
 * The datagrams being collected: a hash table over addresses, id, protocol, VLANs and tunnel depth, and a list
 * from the one that waited longest to the one that got a fragment last. Records are in typed arrays; -1 is
 * the end of a list.
 *
 * @hotpath
 */
import type { Packet } from "../layers/packet.ts";

const NONE = -1;
/** Words of a key: addresses, id, version and protocol, the first two VLANs, the third and the depth. */
const KEY_WORDS = 12;

export class DefragTrackers {
  /** First piece and first fragment of a datagram. */
  readonly pieces: Int32Array;
  readonly fragments: Int32Array;
  readonly policies: Uint8Array;
  /** Least offset of a fragment without more after it; -1 until there was one. */
  readonly lastOffsets: Int32Array;
  /** Packet time of the last fragment, in microseconds. */
  readonly seenUs: Float64Array;
  /** The longest waiting datagram. */
  oldest = NONE;

  private newest = NONE;
  private used = 0;
  private freeTracker = 0;
  private readonly keys: Int32Array;
  private readonly heads: Int32Array;
  private readonly chained: Int32Array;
  private readonly olders: Int32Array;
  private readonly newers: Int32Array;
  private readonly probe = new Int32Array(KEY_WORDS);
  private readonly mask: number;
  private readonly hashKey: number;

  constructor(trackersMax: number, hashKey: number) {
    const buckets = 2 ** Math.ceil(Math.log2(Math.max(trackersMax, 16)));
    this.mask = buckets - 1;
    this.hashKey = hashKey | 0;
    this.heads = new Int32Array(buckets).fill(NONE);
    this.keys = new Int32Array(trackersMax * KEY_WORDS);
    this.chained = new Int32Array(trackersMax);
    this.olders = new Int32Array(trackersMax);
    this.newers = new Int32Array(trackersMax);
    this.pieces = new Int32Array(trackersMax);
    this.fragments = new Int32Array(trackersMax);
    this.policies = new Uint8Array(trackersMax);
    this.lastOffsets = new Int32Array(trackersMax);
    this.seenUs = new Float64Array(trackersMax);
    for (let i = 0; i < trackersMax; i++) this.chained[i] = i + 1;
    this.chained[trackersMax - 1] = NONE;
  }

  get count(): number {
    return this.used;
  }

  get isFull(): boolean {
    return this.freeTracker === NONE;
  }

  /** The datagram that a fragment belongs to, -1 when it is new. Remembers the key for `add`. */
  find(packet: Packet, id: number): number {
    this.writeProbe(packet, id);
    let tracker = this.heads[this.bucket(this.probe, 0)]!;
    while (tracker !== NONE && !this.hasProbeKey(tracker)) tracker = this.chained[tracker]!;
    return tracker;
  }

  /** Adds a datagram with the key of the last `find`; the table is not full. */
  add(policy: number, timeUs: number): number {
    const tracker = this.freeTracker;
    this.freeTracker = this.chained[tracker]!;
    const at = tracker * KEY_WORDS;
    for (let i = 0; i < KEY_WORDS; i++) this.keys[at + i] = this.probe[i]!;
    const bucket = this.bucket(this.probe, 0);
    this.chained[tracker] = this.heads[bucket]!;
    this.heads[bucket] = tracker;
    this.pieces[tracker] = this.fragments[tracker] = this.lastOffsets[tracker] = NONE;
    this.policies[tracker] = policy;
    this.seenUs[tracker] = timeUs;
    this.append(tracker);
    this.used++;
    return tracker;
  }

  /** Notes that a datagram got a fragment: it is the newest now. */
  touch(tracker: number, timeUs: number): void {
    this.seenUs[tracker] = timeUs;
    if (this.newest === tracker) return;
    this.detach(tracker);
    this.append(tracker);
  }

  /** Removes a datagram whose pieces and fragments were given back. */
  remove(tracker: number): void {
    this.detach(tracker);
    const bucket = this.bucket(this.keys, tracker * KEY_WORDS);
    let before = NONE;
    let at = this.heads[bucket]!;
    while (at !== tracker) {
      before = at;
      at = this.chained[at]!;
    }
    if (before === NONE) this.heads[bucket] = this.chained[tracker]!;
    else this.chained[before] = this.chained[tracker]!;
    this.chained[tracker] = this.freeTracker;
    this.freeTracker = tracker;
    this.used--;
  }

  private writeProbe(packet: Packet, id: number): void {
    const { probe } = this;
    const { sourceWords, destinationWords, vlanIds } = packet;
    for (let i = 0; i < 4; i++) {
      probe[i] = sourceWords[i]!;
      probe[4 + i] = destinationWords[i]!;
    }
    probe[8] = id | 0;
    probe[9] = packet.ipVersion === 4 ? (4 << 8) | packet.protocol : 6 << 8;
    const vlans = packet.vlanCount;
    probe[10] = (vlans > 0 ? vlanIds[0]! : 0) | ((vlans > 1 ? vlanIds[1]! : 0) << 16);
    probe[11] = (vlans > 2 ? vlanIds[2]! : 0) | (packet.depth << 16);
  }

  private hasProbeKey(tracker: number): boolean {
    const { keys, probe } = this;
    const at = tracker * KEY_WORDS;
    for (let i = 0; i < KEY_WORDS; i++) if (keys[at + i] !== probe[i]) return false;
    return true;
  }

  private bucket(words: Int32Array, at: number): number {
    let hash = this.hashKey;
    for (let i = 0; i < KEY_WORDS; i++) {
      hash = Math.imul(hash ^ words[at + i]!, 0x85ebca6b);
      hash = (hash ^ (hash >>> 13)) + (this.hashKey ^ i);
    }
    hash = Math.imul(hash ^ (hash >>> 16), 0xc2b2ae35);
    return (hash ^ (hash >>> 15)) & this.mask;
  }

  private append(tracker: number): void {
    this.olders[tracker] = this.newest;
    this.newers[tracker] = NONE;
    if (this.newest === NONE) this.oldest = tracker;
    else this.newers[this.newest] = tracker;
    this.newest = tracker;
  }

  private detach(tracker: number): void {
    const older = this.olders[tracker]!;
    const newer = this.newers[tracker]!;
    if (older === NONE) this.oldest = newer;
    else this.newers[older] = newer;
    if (newer === NONE) this.newest = older;
    else this.olders[newer] = older;
  }
}
