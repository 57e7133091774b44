/** Decodes single frames for tests: a decoder with its arena, and what came of a frame as plain names. */
import { Arena } from "../../../src/core/bytes/arena.ts";
import { BlockPool } from "../../../src/core/bytes/block-pool.ts";
import { type DefragOptions, defaultDefragOptions } from "../../../src/core/flow/defrag-options.ts";
import { FragmentTable } from "../../../src/core/flow/fragments.ts";
import { Decoder } from "../../../src/core/layers/decode.ts";
import {
  type DecoderOptions,
  defaultDecoderOptions,
} from "../../../src/core/layers/decoder-options.ts";
import { Packet } from "../../../src/core/layers/packet.ts";
import { packetEventName } from "../../../src/core/layers/packet-events.ts";

const RECORD_BYTES_MAX = 131_072;
const POOL_BYTES = 4 << 20;

export interface HarnessOptions {
  readonly linkType?: number;
  readonly decoder?: Partial<DecoderOptions>;
  readonly defrag?: Partial<DefragOptions>;
  readonly poolBytes?: number;
}

export class DecodeHarness {
  readonly arena = new Arena(16 << 20);
  readonly pool: BlockPool;
  readonly fragments: FragmentTable;
  readonly decoder: Decoder;
  readonly packet = new Packet();
  readonly recordStart: number;
  private readonly linkType: number;
  private captureNumber = 0;

  constructor(options: HarnessOptions = {}) {
    this.linkType = options.linkType ?? 1;
    this.recordStart = this.arena.allocate(RECORD_BYTES_MAX);
    this.pool = new BlockPool(this.arena, options.poolBytes ?? POOL_BYTES);
    this.fragments = new FragmentTable(this.arena, this.pool, {
      ...defaultDefragOptions,
      trackersMax: 64,
      fragmentsMax: 4096,
      ...options.defrag,
    });
    this.decoder = new Decoder(
      this.arena.bytes,
      { ...defaultDecoderOptions, ...options.decoder },
      this.fragments,
    );
  }

  /** Decodes one record; false for an unknown link type. The packet is that of this harness. */
  decode(frame: Uint8Array, timeUs = 0): boolean {
    const { packet, recordStart } = this;
    this.arena.bytes.set(frame, recordStart);
    packet.reset();
    packet.linkType = this.linkType;
    packet.start = recordStart;
    packet.end = recordStart + frame.length;
    packet.wireLength = frame.length;
    packet.timeUs = timeUs;
    packet.captureNumber = ++this.captureNumber;
    return this.decoder.decode(packet);
  }

  get inner(): readonly Packet[] {
    return this.decoder.innerPackets.slice(0, this.decoder.innerCount);
  }

  payloadOf(packet: Packet): Uint8Array {
    return this.arena.bytes.slice(packet.payloadStart, packet.payloadEnd);
  }

  bytesOf(packet: Packet): Uint8Array {
    return this.arena.bytes.slice(packet.start, packet.end);
  }
}

/** Names of a packet's events without the leading `decoder.`. */
export function eventsOf(packet: Packet): string[] {
  return [...packet.events.slice(0, packet.eventCount)].map((code) =>
    packetEventName(code).replace(/^decoder\./, ""),
  );
}
