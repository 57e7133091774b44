/**
 * Scripted TCP connections: packets with their fields set directly, over an arena.
 */
import { Arena } from "../../../src/core/bytes/arena.ts";
import { BlockPool } from "../../../src/core/bytes/block-pool.ts";
import { Flow } from "../../../src/core/flow/flow.ts";
import { Direction, Packet } from "../../../src/core/layers/packet.ts";
import { TcpFlag } from "../../../src/core/layers/tcp.ts";
import { type StreamOptions, stockStreamOptions } from "../../../src/core/stream/stream-options.ts";
import { TcpTracker } from "../../../src/core/stream/tcp-tracker.ts";

export interface Script {
  readonly toServer: boolean;
  readonly flags: number;
  readonly seq: number;
  readonly ack?: number;
  readonly data?: Uint8Array | string;
  /** Urgent pointer. */
  readonly urgent?: number;
}

export class Connection {
  readonly arena = new Arena(4 << 20);
  readonly pool = new BlockPool(this.arena, 2 << 20);
  readonly flow = new Flow(0);
  readonly packet = new Packet();
  readonly tracker: TcpTracker;
  private readonly room = this.arena.allocate(65536);

  constructor(options: Partial<StreamOptions> = {}) {
    this.tracker = new TcpTracker(this.arena.bytes, this.pool, {
      ...stockStreamOptions,
      ...options,
    });
  }

  send(script: Script): Packet {
    const { packet, room } = this;
    const data = script.data ?? "";
    const payload = typeof data === "string" ? Uint8Array.from(Buffer.from(data, "latin1")) : data;
    packet.reset();
    packet.flow = this.flow;
    packet.direction = script.toServer ? Direction.toServer : Direction.toClient;
    packet.tcpFlags = script.flags;
    packet.sequenceNumber = script.seq | 0;
    packet.acknowledgmentNumber = (script.ack ?? 0) | 0;
    packet.window = 65535;
    packet.urgentPointer = script.urgent ?? 0;
    this.arena.bytes.set(payload, room);
    packet.payloadStart = room;
    packet.payloadEnd = room + payload.length;
    this.tracker.handle(packet, this.flow);
    return packet;
  }

  /** Three-way handshake; client and server begin at these sequence numbers. */
  open(client: number, server: number): Packet {
    this.send({ toServer: true, flags: TcpFlag.syn, seq: client });
    const both = TcpFlag.syn | TcpFlag.ack;
    this.send({ toServer: false, flags: both, seq: server, ack: client + 1 });
    return this.send({ toServer: true, flags: TcpFlag.ack, seq: client + 1, ack: server + 1 });
  }

  /** What the application layer can read of a direction; it is consumed. */
  read(direction: number): Uint8Array {
    const { tracker } = this;
    const session = this.flow.tcp!;
    const parts: number[] = [];
    while (tracker.appWindow(session, direction)) {
      parts.push(...this.arena.bytes.subarray(tracker.appStart, tracker.appEnd));
      tracker.appConsume(session, direction, tracker.appEnd - tracker.appStart);
    }
    return Uint8Array.from(parts);
  }

  text(direction: number): string {
    return Buffer.from(this.read(direction)).toString("latin1");
  }
}
