/**
 * Talks of two hosts as actors: TCP connections that open, take turns and close, connections in vain, datagrams and
 * their answers. Transfers of megabytes come in segments of up to 60,000 bytes, as captures show them where the network
 * card puts segments together.
 */
import { type Payload, payloadBytes } from "../../support/packets/index.ts";
import { datagramPacket, tcpPacket, type Ways } from "./packet-writer.ts";
import type { Actor, Timeline } from "./timeline.ts";

/** Payload of a segment on the wire, and of one that the network card put together. */
const SEGMENT_BYTES = 1400;
const OFFLOADED_BYTES = 60_000;
/** Turns larger than this come in large segments. */
const BULK_BYTES = 100_000;
const SEGMENTS_PER_ACK = 16;

export interface Ends {
  readonly client: string;
  readonly server: string;
  readonly port: number;
  readonly clientPort: number;
  /** Seconds there and back. */
  readonly roundTrip: number;
}

/** What one side says. */
export interface Turn {
  readonly from: "client" | "server";
  /** Seconds of silence before it. */
  readonly wait?: number;
  /** All of it, or how much: then `fill` makes it. */
  readonly says: Payload | number;
  /** Bytes a second of long ones. */
  readonly rate?: number;
}

export interface TcpTalk extends Ends {
  readonly turns: Iterable<Turn>;
  readonly fill: (bytes: number) => Uint8Array;
  /** How it ends; left open without. */
  readonly end?: "close" | "reset" | "open";
}

const DEFAULT_RATE = 5_000_000;

/** One connection, its sequence numbers and headers. */
class Connection {
  private readonly line: Timeline;
  private readonly ways: readonly [Ways, Ways];
  private readonly next: [number, number] = [1000, 5000];

  constructor(line: Timeline, ends: Ends) {
    this.line = line;
    const { client: source, server: destination, clientPort, port } = ends;
    this.ways = [
      { source, destination, sourcePort: clientPort, destinationPort: port },
      { source: destination, destination: source, sourcePort: port, destinationPort: clientPort },
    ];
  }

  /** @param side 0: the client sends. */
  send(side: 0 | 1, flags: string, payload: Payload = ""): void {
    const ack = flags.includes("A") ? this.next[1 - side]! : 0;
    const numbers = { seq: this.next[side], ack };
    this.line.send(tcpPacket(this.ways[side], flags, numbers, payload));
    this.next[side] += payload.length + (/[SF]/.test(flags) ? 1 : 0);
  }
}

export function* tcpTalk(line: Timeline, talk: TcpTalk): Actor {
  const connection = new Connection(line, talk);
  const { roundTrip, end = "close" } = talk;
  connection.send(0, "S");
  yield roundTrip;
  connection.send(1, "SA");
  yield 0.0002;
  connection.send(0, "A");
  for (const turn of talk.turns) {
    yield (turn.wait ?? 0) + roundTrip / 2;
    yield* say(connection, turn, talk);
  }
  if (end === "open") return;
  yield 0.001;
  if (end === "reset") {
    connection.send(0, "RA");
    return;
  }
  connection.send(0, "FA");
  yield roundTrip / 2;
  connection.send(1, "FA");
  yield roundTrip / 2;
  connection.send(0, "A");
}

function* say(connection: Connection, turn: Turn, { fill }: TcpTalk): Actor {
  const { says, rate = DEFAULT_RATE } = turn;
  const side = turn.from === "client" ? 0 : 1;
  const other = side === 0 ? 1 : 0;
  const text = typeof says === "number" ? null : payloadBytes(says);
  const length = text?.length ?? Math.round(Number(says));
  const size = length > BULK_BYTES ? OFFLOADED_BYTES : SEGMENT_BYTES;
  for (let start = 0, count = 1; start < length; start += size, count++) {
    const end = Math.min(length, start + size);
    const payload = text === null ? fill(end - start) : text.subarray(start, end);
    connection.send(side, "PA", payload);
    if (count % SEGMENTS_PER_ACK === 0 || size === OFFLOADED_BYTES) {
      yield 0.0001;
      connection.send(other, "A");
    }
    yield size / rate;
  }
  if (length > 0) connection.send(other, "A");
}

/** The server resets the connection at once. */
export function* refusedTalk(line: Timeline, ends: Ends): Actor {
  const connection = new Connection(line, ends);
  connection.send(0, "S");
  yield ends.roundTrip;
  connection.send(1, "RA");
}

/** Nobody answers; `tries` of the same request. */
export function* unansweredTalk(line: Timeline, ends: Ends, tries = 1): Actor {
  const connection = new Connection(line, ends);
  connection.send(0, "S");
  for (let i = 1, wait = 1; i < tries; i++, wait *= 2) {
    yield wait;
    // The same number again: a repetition.
    new Connection(line, ends).send(0, "S");
  }
}

export interface DatagramTalk extends Ends {
  readonly request: Payload;
  /** Null: no answer. */
  readonly response: Payload | null;
}

export function* datagramTalk(line: Timeline, talk: DatagramTalk): Actor {
  sendDatagram(line, talk, 0, talk.request);
  if (talk.response === null) return;
  yield talk.roundTrip;
  sendDatagram(line, talk, 1, talk.response);
}

/** One datagram; side 0: the client sends. */
export function sendDatagram(line: Timeline, ends: Ends, side: 0 | 1, payload: Payload): void {
  const { client, server, port, clientPort } = ends;
  const ways =
    side === 0
      ? { source: client, destination: server, sourcePort: clientPort, destinationPort: port }
      : { source: server, destination: client, sourcePort: port, destinationPort: clientPort };
  line.send(datagramPacket(ways, payload));
}
