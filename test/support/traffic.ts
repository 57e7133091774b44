/**
 * Traffic of hosts as a list of packets in time: TCP conversations, datagrams and answers, name look-ups. Packets
 * of conversations that overlap in time are put in order when the capture is made.
 */
import { type CapturedPacket, encodePcap } from "../../src/core/pcap/writer.ts";
import { ethernet, ipv4, type Payload, tcp, udp } from "./packets/index.ts";

const ETHERNET = 1;
const SECOND_US = 1_000_000;
/** The longest payload of one segment. */
const SEGMENT_BYTES = 1400;

export interface Endpoints {
  readonly client: string;
  readonly server: string;
  readonly port: number;
  /** Chosen anew for each flow without. */
  readonly clientPort?: number;
}

export interface Conversation extends Endpoints {
  /** Seconds since the epoch. */
  readonly at: number;
  readonly request?: string | Uint8Array;
  readonly response?: string | Uint8Array;
  /** Seconds from the first packet to the end. */
  readonly lasts?: number;
}

export class Traffic {
  private readonly packets: CapturedPacket[] = [];
  private nextPort = 20_000;

  /** A connection that opens, carries a request and a response, and closes. */
  connection(given: Conversation): void {
    const { at, lasts = 0.2 } = given;
    const clientPort = given.clientPort ?? this.freePort();
    const side = { client: 1000, server: 5000 };
    const send = (from: "client" | "server", time: number, flags: string, payload: Payload = "") =>
      this.segment(given, clientPort, { from, time, flags, payload, side });
    send("client", at, "S");
    send("server", at + 0.01, "SA");
    send("client", at + 0.02, "A");
    let time = at + 0.03;
    for (const [from, bytes] of [
      ["client", toBytes(given.request ?? "")],
      ["server", toBytes(given.response ?? "")],
    ] as const) {
      for (let start = 0; start < bytes.length; start += SEGMENT_BYTES) {
        send(from, time, "PA", bytes.slice(start, start + SEGMENT_BYTES));
        send(from === "client" ? "server" : "client", time + 0.0005, "A");
        time += 0.001;
      }
    }
    const end = Math.max(time, at + lasts);
    send("client", end, "FA");
    send("server", end + 0.01, "FA");
    send("client", end + 0.02, "A");
  }

  /** A connection that the server resets at once. */
  refused(given: Conversation): void {
    const clientPort = given.clientPort ?? this.freePort();
    const side = { client: 1000, server: 0 };
    this.segment(given, clientPort, {
      from: "client",
      time: given.at,
      flags: "S",
      payload: "",
      side,
    });
    const answer = {
      from: "server",
      time: given.at + 0.01,
      flags: "RA",
      payload: "",
      side,
    } as const;
    this.segment(given, clientPort, answer);
  }

  /** One request for a connection that nobody answers. */
  unanswered(given: Conversation): void {
    const clientPort = given.clientPort ?? this.freePort();
    const side = { client: 1000, server: 0 };
    this.segment(given, clientPort, {
      from: "client",
      time: given.at,
      flags: "S",
      payload: "",
      side,
    });
  }

  /** A datagram, and one that answers it. */
  datagrams(given: Conversation): void {
    const { client, server, port, at } = given;
    const clientPort = given.clientPort ?? this.freePort();
    const request = udp({
      sourcePort: clientPort,
      destinationPort: port,
      payload: given.request ?? "ask",
    });
    this.add(at, request.over(ipv4({ source: client, destination: server })).over(ethernet()));
    if (given.response === undefined) return;
    const response = udp({
      sourcePort: port,
      destinationPort: clientPort,
      payload: given.response,
    });
    this.add(
      at + 0.01,
      response.over(ipv4({ source: server, destination: client })).over(ethernet()),
    );
  }

  /** A DNS request for the addresses of a name, and an empty answer with a response code. */
  lookUp(given: {
    client: string;
    server: string;
    at: number;
    name: string;
    type?: number;
    code?: number;
  }): void {
    const { client, server, at, name, type = 1, code = 0 } = given;
    const port = this.freePort();
    const message = (flags: number) => dnsMessage(port, flags, name, type);
    this.datagrams({
      client,
      server,
      port: 53,
      clientPort: port,
      at,
      request: message(0x0100),
      response: message(0x8180 | code),
    });
  }

  add(seconds: number, bytes: Uint8Array): void {
    this.packets.push({ bytes, timeUs: Math.round(seconds * SECOND_US) });
  }

  /** All packets in the order of time. */
  capture(): Uint8Array {
    const inOrder = [...this.packets].sort((a, b) => a.timeUs - b.timeUs);
    return encodePcap(inOrder, ETHERNET);
  }

  private freePort(): number {
    this.nextPort = this.nextPort >= 60_000 ? 20_000 : this.nextPort + 1;
    return this.nextPort;
  }

  private segment(
    { client, server, port }: Endpoints,
    clientPort: number,
    given: {
      readonly from: "client" | "server";
      readonly time: number;
      readonly flags: string;
      readonly payload: Payload;
      readonly side: { client: number; server: number };
    },
  ): void {
    const { from, flags, payload, side } = given;
    const isClient = from === "client";
    const packet = tcp({
      sourcePort: isClient ? clientPort : port,
      destinationPort: isClient ? port : clientPort,
      seq: isClient ? side.client : side.server,
      ack: flags === "S" ? 0 : isClient ? side.server : side.client,
      flags,
      payload,
    });
    const addresses = isClient
      ? { source: client, destination: server }
      : { source: server, destination: client };
    this.add(given.time, packet.over(ipv4(addresses)).over(ethernet()));
    const length = payload.length + (/[SF]/.test(flags) ? 1 : 0);
    if (isClient) side.client += length;
    else side.server += length;
  }
}

function toBytes(value: string | Uint8Array): Uint8Array {
  return typeof value === "string" ? Uint8Array.from(value, (c) => c.charCodeAt(0)) : value;
}

function dnsMessage(id: number, flags: number, name: string, type: number): Uint8Array {
  const labels = name.split(".").flatMap((label) => [label.length, ...toBytes(label)]);
  const word = (value: number) => [(value >> 8) & 255, value & 255];
  const header = [id, flags, 1, 0, 0, 0].flatMap(word);
  return Uint8Array.from([...header, ...labels, 0, ...word(type), ...word(1)]);
}
