/**
 * Whether a captured packet belongs to the flow that is asked for, looked at from the link layer up, tunnels included.
 * A flow_id is known from the comments that our own recordings carry: from the packet that has it on, the packets of
 * its endpoints are the flow's, until another flow of the same endpoints begins. Fragments without ports are taken
 * when their addresses are the flow's.
 */
import { Arena } from "../../core/bytes/arena.ts";
import { BlockPool } from "../../core/bytes/block-pool.ts";
import { defaultDefragOptions } from "../../core/flow/defrag-options.ts";
import { FragmentTable } from "../../core/flow/fragments.ts";
import { Decoder } from "../../core/layers/decode.ts";
import { defaultDecoderOptions } from "../../core/layers/decoder-options.ts";
import { Packet } from "../../core/layers/packet.ts";
import { CommunityIds, endpointsKey, type FlowQuery } from "./flow-query.ts";
import type { RecordedPacket } from "./recorded-packet.ts";

const DEFRAG_BYTES = 8 * 1024 ** 2;

export class FlowFinder {
  /** Where records have to lie: [regionStart, regionEnd) of its bytes. */
  readonly arena: Arena;
  readonly regionStart: number;
  readonly regionEnd: number;
  private readonly query: FlowQuery;
  private readonly ids: CommunityIds;
  private readonly decoder: Decoder;
  private readonly packet = new Packet();
  /** Endpoints of the flow, while it is on; with flow_id and Community ID they are learnt. */
  private readonly keys = new Set<string>();
  private readonly addresses = new Set<string>();

  /** @param communityIdSeed that of the Community IDs, 0 as a rule. */
  constructor(query: FlowQuery, regionBytes: number, communityIdSeed: number) {
    this.query = query;
    this.ids = new CommunityIds(communityIdSeed);
    this.arena = new Arena(regionBytes + 2 * DEFRAG_BYTES);
    this.regionStart = this.arena.allocate(regionBytes);
    this.regionEnd = this.regionStart + regionBytes;
    const pool = new BlockPool(this.arena, DEFRAG_BYTES);
    const fragments = new FragmentTable(this.arena, pool, defaultDefragOptions);
    this.decoder = new Decoder(this.arena.bytes, defaultDecoderOptions, fragments);
    if (query.kind === "endpoints") this.learn(query.key);
  }

  wants(record: RecordedPacket, comment: string): boolean {
    const { packet, decoder } = this;
    packet.reset();
    packet.start = record.start;
    packet.end = record.end;
    packet.wireLength = record.wireLength;
    packet.timeUs = record.timeUs;
    packet.linkType = record.linkType;
    decoder.decode(packet);
    if (this.query.kind === "flowId") this.noteComment(comment, this.query.id);
    let found = this.belongs(packet);
    for (let i = 0; i < decoder.innerCount && !found; i++) {
      found = this.belongs(decoder.innerPackets[i]!);
    }
    return found;
  }

  private belongs(packet: Packet): boolean {
    if (packet.ipVersion === 0) return false;
    if (packet.isFragment) return this.addresses.has(addressesOf(endpointsKey(packet)));
    const key = endpointsKey(packet);
    if (this.query.kind === "communityId" && this.ids.of(packet, key) === this.query.id) {
      this.learn(key);
      return true;
    }
    return this.keys.has(key);
  }

  private noteComment(comment: string, wanted: number): void {
    const { decoder, packet } = this;
    const outer = /(?:^| )flow_id=(\d+)/.exec(comment)?.[1];
    const inner = /inner_flow_id=(\d+)/.exec(comment)?.[1];
    if (outer !== undefined) this.noteFlow(packet, Number(outer) === wanted);
    // Inner packets are listed innermost first.
    const first = decoder.innerCount > 0 ? decoder.innerPackets[0]! : null;
    if (inner !== undefined && first !== null) this.noteFlow(first, Number(inner) === wanted);
  }

  private noteFlow(packet: Packet, isWanted: boolean): void {
    const key = endpointsKey(packet);
    if (isWanted) this.learn(key);
    else this.keys.delete(key);
  }

  private learn(key: string): void {
    this.keys.add(key);
    this.addresses.add(addressesOf(key));
  }
}

/** The key without its ports. */
function addressesOf(key: string): string {
  const [protocol, a, , b] = key.split(" ");
  return `${protocol} ${[a, b].sort().join(" ")}`;
}
