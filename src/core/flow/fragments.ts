/**
 * Collects IP fragments (RFC 791 §3.2, RFC 8200 §4.5) and rebuilds datagrams: keyed by addresses, id, protocol
 * (IPv4), VLANs and tunnel depth; overlaps by the policy of the destination; limits by number, memory (that
 * of the block pool) and packet time.
 *
 * A rebuilt datagram has the link and IP headers of its first fragment, without a fragment header, with
 * lengths and the IPv4 checksum brought up to date. It lies in the table's own memory until the next record.
 *
 * @hotpath
 */
import type { Arena } from "../bytes/arena.ts";
import type { BlockPool } from "../bytes/block-pool.ts";
import { readUint16 } from "../bytes/endian.ts";
import type { FragmentFields } from "../layers/layer.ts";
import type { Packet } from "../layers/packet.ts";
import { decoderEvent } from "../layers/packet-events.ts";
import { DefragCounters, type DefragOptions } from "./defrag-options.ts";
import { DefragPieces } from "./defrag-pieces.ts";
import { DefragTrackers } from "./defrag-trackers.ts";

const NONE = -1;
const DATAGRAM_BYTES_MAX = 65_535;
const IPV4_HEADER_BYTES = 20;
const IPV6_HEADER_BYTES = 40;
/** Link headers up to this long are kept in front of a datagram. */
const LINK_BYTES_MAX = 256;
const BUILD_BYTES = LINK_BYTES_MAX + IPV6_HEADER_BYTES + DATAGRAM_BYTES_MAX;
/** Datagrams that one record can complete: one in each tunnel around a fragment. */
const BUILDS_PER_RECORD_MAX = 4;
/** Timed out datagrams that are cleared away for each new one. */
const SWEEP_MAX = 4;
/** Waiting datagrams given up to find memory for one fragment. */
const EVICTIONS_MAX = 8;
const RAW_LINK_TYPE = 12;
const TRACKER_BYTES = 90;

const IPV4_TOO_LARGE = decoderEvent("ipv4.frag_pkt_too_large");
const IPV6_TOO_LARGE = decoderEvent("ipv6.frag_pkt_too_large");
const IPV4_OVERLAP = decoderEvent("ipv4.frag_overlap");
const IPV6_OVERLAP = decoderEvent("ipv6.frag_overlap");
const IPV4_IGNORED = decoderEvent("ipv4.frag_ignored");
const IPV6_IGNORED = decoderEvent("ipv6.frag_ignored");

export class FragmentTable {
  readonly counters = new DefragCounters();
  /** The datagram that the last `insert` completed: from its link header on, and its IP header. */
  rebuiltStart = 0;
  rebuiltEnd = 0;
  rebuiltIpStart = 0;
  rebuiltLinkType = 0;
  /** A fragment of this record was ignored for want of memory or records: the exception policy applies. */
  limitReached = false;

  private readonly bytes: Uint8Array;
  private readonly pool: BlockPool;
  private readonly options: DefragOptions;
  private readonly pieces: DefragPieces;
  private readonly trackers: DefragTrackers;
  private readonly timeoutUs: number;
  private readonly buildStart: number;
  private builds = 0;

  // Of a first fragment, by its record: places relative to the block's start.
  private readonly ipStarts: Int32Array;
  private readonly nextHeaderAts: Int32Array;
  private readonly nextHeaders: Uint8Array;
  private readonly linkTypes: Int32Array;

  constructor(arena: Arena, pool: BlockPool, options: DefragOptions) {
    this.bytes = arena.bytes;
    this.pool = pool;
    this.options = options;
    this.timeoutUs = options.timeoutMs * 1000;
    this.buildStart = arena.allocate(BUILD_BYTES * BUILDS_PER_RECORD_MAX);
    this.pieces = new DefragPieces(options.fragmentsMax);
    this.trackers = new DefragTrackers(options.trackersMax, options.hashKey);
    this.ipStarts = new Int32Array(options.fragmentsMax);
    this.nextHeaderAts = new Int32Array(options.fragmentsMax);
    this.nextHeaders = new Uint8Array(options.fragmentsMax);
    this.linkTypes = new Int32Array(options.fragmentsMax);
  }

  /** Datagrams that wait for fragments. */
  get waiting(): number {
    return this.trackers.count;
  }

  get memoryBytes(): number {
    return this.pool.usedBytes + this.trackers.count * TRACKER_BYTES;
  }

  /** The datagrams rebuilt for the last record are done with. */
  beginRecord(): void {
    this.builds = 0;
    this.limitReached = false;
  }

  /** Gives up all waiting datagrams, as for a new capture; the counters stay. */
  clear(): void {
    while (this.trackers.oldest !== NONE) this.release(this.trackers.oldest);
    this.beginRecord();
  }

  /** Takes a fragment in; true when it completes a datagram, which the `rebuilt` fields then describe. */
  insert(packet: Packet, fragment: FragmentFields): boolean {
    const isIpv4 = packet.ipVersion === 4;
    const end = fragment.offset + fragment.dataEnd - fragment.dataStart;
    if (isIpv4) this.counters.ipv4Fragments++;
    else this.counters.ipv6Fragments++;
    if (end > (isIpv4 ? DATAGRAM_BYTES_MAX - IPV4_HEADER_BYTES : DATAGRAM_BYTES_MAX)) {
      packet.addEvent(isIpv4 ? IPV4_TOO_LARGE : IPV6_TOO_LARGE);
      return false;
    }
    const tracker = this.trackerFor(packet, fragment.id);
    if (end === fragment.offset || !this.store(tracker, packet, fragment, end)) return false;
    const { lastOffsets } = this.trackers;
    if (!fragment.moreFragments) {
      const last = lastOffsets[tracker]!;
      if (last === NONE || fragment.offset < last) lastOffsets[tracker] = fragment.offset;
    }
    if (lastOffsets[tracker] === NONE) return false;
    const length = this.completeLength(tracker);
    if (length === NONE) return false;
    const isBuilt = this.build(tracker, length, isIpv4);
    this.release(tracker);
    return isBuilt;
  }

  private trackerFor(packet: Packet, id: number): number {
    const { trackers, counters } = this;
    const known = trackers.find(packet, id);
    const deadlineUs = packet.timeUs - this.timeoutUs;
    if (known !== NONE && trackers.seenUs[known]! >= deadlineUs) {
      trackers.touch(known, packet.timeUs);
      return known;
    }
    if (known !== NONE) {
      counters.trackerSoftReuse++;
      this.release(known);
    }
    for (let i = 0; i < SWEEP_MAX; i++) {
      const { oldest } = trackers;
      if (oldest === NONE || trackers.seenUs[oldest]! >= deadlineUs) break;
      counters.trackerTimeouts++;
      this.release(oldest);
    }
    if (trackers.isFull) {
      counters.trackersMaxReached++;
      counters.trackerHardReuse++;
      this.release(trackers.oldest);
    }
    return trackers.add(this.options.policyFor(packet), packet.timeUs);
  }

  /** Keeps a fragment's bytes as far as the policy gives it any; false when nothing of it is kept. */
  private store(tracker: number, packet: Packet, fragment: FragmentFields, end: number): boolean {
    const { pieces, trackers } = this;
    const isIpv4 = packet.ipVersion === 4;
    const first = trackers.pieces[tracker]!;
    const overlaps = pieces.countOverlaps(first, fragment.offset, end);
    if (overlaps > 0) packet.addEvent(isIpv4 ? IPV4_OVERLAP : IPV6_OVERLAP);
    const record = pieces.hasRoom(overlaps) ? pieces.takeFragment(fragment.offset, end) : NONE;
    if (record === NONE || !this.storeBytes(tracker, record, packet, fragment)) {
      if (record === NONE) this.counters.fragmentsMaxReached++;
      else pieces.giveFragment(record);
      this.limitReached = true;
      packet.addEvent(isIpv4 ? IPV4_IGNORED : IPV6_IGNORED);
      return false;
    }
    const head = pieces.lay(first, record, trackers.policies[tracker]!);
    trackers.pieces[tracker] = head;
    if (overlaps > 0 && !this.hasPiece(head, record)) {
      this.pool.give(pieces.blocks[record]!, pieces.capacities[record]!);
      pieces.giveFragment(record);
      return false;
    }
    pieces.nextFragments[record] = trackers.fragments[tracker]!;
    trackers.fragments[tracker] = record;
    return true;
  }

  private hasPiece(first: number, fragment: number): boolean {
    const { owners, nextPieces } = this.pieces;
    for (let piece = first; piece !== NONE; piece = nextPieces[piece]!) {
      if (owners[piece] === fragment) return true;
    }
    return false;
  }

  private storeBytes(
    tracker: number,
    record: number,
    packet: Packet,
    fragment: FragmentFields,
  ): boolean {
    const { pieces, bytes } = this;
    const headersEnd = packet.ipVersion === 4 ? fragment.dataStart : fragment.headerStart;
    const hasLink = packet.ipStart - packet.start <= LINK_BYTES_MAX;
    const headersStart = hasLink ? packet.start : packet.ipStart;
    const prefix = fragment.offset === 0 ? headersEnd - headersStart : 0;
    const length = prefix + fragment.dataEnd - fragment.dataStart;
    const block = this.takeBlock(tracker, length);
    if (block === NONE) return false;
    pieces.blocks[record] = block;
    pieces.capacities[record] = this.pool.capacityFor(length);
    pieces.prefixes[record] = prefix;
    if (prefix > 0) {
      bytes.copyWithin(block, headersStart, headersEnd);
      this.ipStarts[record] = packet.ipStart - headersStart;
      this.nextHeaderAts[record] =
        fragment.nextHeaderAt === NONE ? NONE : fragment.nextHeaderAt - headersStart;
      this.nextHeaders[record] = fragment.nextHeader;
      this.linkTypes[record] = hasLink ? packet.linkType : RAW_LINK_TYPE;
    }
    bytes.copyWithin(block + prefix, fragment.dataStart, fragment.dataEnd);
    return true;
  }

  private takeBlock(tracker: number, length: number): number {
    let block = this.pool.take(length);
    for (let i = 0; block === NONE && i < EVICTIONS_MAX; i++) {
      const { oldest } = this.trackers;
      if (oldest === tracker) break;
      this.counters.trackerHardReuse++;
      this.release(oldest);
      block = this.pool.take(length);
    }
    return block;
  }

  /** Length of the data once it has no hole up to the last fragment's end, -1 before. */
  private completeLength(tracker: number): number {
    const { starts, stops, owners, nextPieces, offsets } = this.pieces;
    const lastOffset = this.trackers.lastOffsets[tracker]!;
    const first = this.trackers.pieces[tracker]!;
    let length = 0;
    for (let piece = first; piece !== NONE; piece = nextPieces[piece]!) {
      if (offsets[owners[piece]!]! <= lastOffset) length = stops[piece]!;
    }
    let reached = 0;
    for (let piece = first; piece !== NONE && reached < length; piece = nextPieces[piece]!) {
      if (starts[piece]! > reached) return NONE;
      reached = stops[piece]!;
    }
    return reached >= length && length > 0 ? length : NONE;
  }

  private build(tracker: number, length: number, isIpv4: boolean): boolean {
    const { pieces, bytes } = this;
    const { starts, stops, owners, nextPieces, offsets, blocks, prefixes } = pieces;
    const first = this.trackers.pieces[tracker]!;
    const head = owners[first]!;
    const prefix = prefixes[head]!;
    const headers = prefix - this.ipStarts[head]!;
    const ipLength = isIpv4 ? headers + length : headers - IPV6_HEADER_BYTES + length;
    if (ipLength > DATAGRAM_BYTES_MAX || this.builds === BUILDS_PER_RECORD_MAX) {
      this.counters.unbuildable++;
      return false;
    }
    const target = this.buildStart + this.builds * BUILD_BYTES;
    this.builds++;
    bytes.copyWithin(target, blocks[head]!, blocks[head]! + prefix);
    const data = target + prefix;
    for (let piece = first; piece !== NONE; piece = nextPieces[piece]!) {
      const start = starts[piece]!;
      const stop = Math.min(stops[piece]!, length);
      if (start >= stop) break;
      const owner = owners[piece]!;
      const source = blocks[owner]! + prefixes[owner]! - offsets[owner]!;
      bytes.copyWithin(data + start, source + start, source + stop);
    }
    this.rebuiltStart = target;
    this.rebuiltIpStart = target + this.ipStarts[head]!;
    this.rebuiltEnd = data + length;
    this.rebuiltLinkType = this.linkTypes[head]!;
    if (isIpv4) this.finishIpv4(ipLength);
    else this.finishIpv6(head, ipLength);
    return true;
  }

  private finishIpv4(totalLength: number): void {
    const { bytes } = this;
    const at = this.rebuiltIpStart;
    this.counters.ipv4Reassembled++;
    const oldLength = readUint16(bytes, at + 2);
    const oldFragment = readUint16(bytes, at + 6);
    // RFC 1624: a right checksum stays right, a wrong one stays wrong.
    let sum = (~readUint16(bytes, at + 10) & 0xffff) + (~oldLength & 0xffff) + totalLength;
    sum += ~oldFragment & 0xffff;
    sum = (sum & 0xffff) + (sum >> 16);
    sum = (sum & 0xffff) + (sum >> 16);
    this.writeUint16(at + 2, totalLength);
    this.writeUint16(at + 6, 0);
    this.writeUint16(at + 10, ~sum & 0xffff);
  }

  private finishIpv6(head: number, payloadLength: number): void {
    this.counters.ipv6Reassembled++;
    this.writeUint16(this.rebuiltIpStart + 4, payloadLength);
    this.bytes[this.rebuiltStart + this.nextHeaderAts[head]!] = this.nextHeaders[head]!;
  }

  private writeUint16(offset: number, value: number): void {
    this.bytes[offset] = value >> 8;
    this.bytes[offset + 1] = value & 0xff;
  }

  private release(tracker: number): void {
    const { pieces, trackers } = this;
    pieces.givePieces(trackers.pieces[tracker]!);
    let fragment = trackers.fragments[tracker]!;
    while (fragment !== NONE) {
      const next = pieces.nextFragments[fragment]!;
      this.pool.give(pieces.blocks[fragment]!, pieces.capacities[fragment]!);
      pieces.giveFragment(fragment);
      fragment = next;
    }
    trackers.remove(tracker);
  }
}
