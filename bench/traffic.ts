/** Generated captures for the benchmarks: four classes of traffic, each a pcap file in memory. */
import { encodePcap } from "../src/core/pcap/writer.ts";
import { ethernet, ipv4, tcp, udp } from "../test/support/packets/index.ts";

export interface GeneratedCapture {
  readonly name: string;
  readonly bytes: Uint8Array;
  readonly packets: number;
  /** Bytes on the wire. */
  readonly wireBytes: number;
}

const SERVER = "192.0.2.1";
const SEGMENT_BYTES = 1460;
const DNS_HEADER = [0, 1, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0];

/** Packets in the order in which they are added, ten microseconds apart. */
class PacketList {
  private readonly packets: { bytes: Uint8Array; timeUs: number }[] = [];
  private wireBytes = 0;

  add(bytes: Uint8Array): void {
    this.wireBytes += bytes.length;
    this.packets.push({ bytes, timeUs: 1_700_000_000_000_000 + this.packets.length * 10 });
  }

  capture(name: string): GeneratedCapture {
    const { packets, wireBytes } = this;
    return { name, bytes: encodePcap(packets, 1), packets: packets.length, wireBytes };
  }
}

/** One TCP connection to port 80 of the server. */
class Connection {
  private clientSeq = 1;
  private serverSeq = 1;
  private readonly list: PacketList;
  private readonly client: string;
  private readonly port: number;

  constructor(list: PacketList, number: number) {
    this.list = list;
    this.client = `10.${(number >> 16) & 255}.${(number >> 8) & 255}.${number & 255}`;
    this.port = 1024 + (number % 60_000);
    this.up("S");
    this.down("SA");
    this.clientSeq++;
    this.serverSeq++;
    this.up("A");
  }

  up(flags: string, payload: string | Uint8Array = ""): void {
    const { client, port, clientSeq: seq, serverSeq: ack } = this;
    const segment = tcp({ sourcePort: port, destinationPort: 80, flags, seq, ack, payload });
    this.list.add(segment.over(ipv4({ source: client, destination: SERVER })).over(ethernet()));
    this.clientSeq += payload.length;
  }

  down(flags: string, payload: string | Uint8Array = ""): void {
    const { client, port, clientSeq: ack, serverSeq: seq } = this;
    const segment = tcp({ sourcePort: 80, destinationPort: port, flags, seq, ack, payload });
    this.list.add(segment.over(ipv4({ source: SERVER, destination: client })).over(ethernet()));
    this.serverSeq += payload.length;
  }

  close(): void {
    this.up("FA");
    this.clientSeq++;
    this.down("FA");
    this.serverSeq++;
    this.up("A");
  }
}

/** Connections with one short request and its response: ten packets each. */
export function smallHttpFlows(count: number): GeneratedCapture {
  const list = new PacketList();
  for (let i = 0; i < count; i++) {
    const connection = new Connection(list, i);
    connection.up(
      "PA",
      `GET /index-${i}.html HTTP/1.1\r\nHost: www.example.com\r\nUser-Agent: bench/1\r\n\r\n`,
    );
    connection.down("A");
    connection.down(
      "PA",
      "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 13\r\n\r\n<p>hello</p>\r\n",
    );
    connection.up("A");
    connection.close();
  }
  return list.capture("many small HTTP flows");
}

/** Downloads of `segments` full segments each, an acknowledgment for every second one. */
export function largeHttpFlows(count: number, segments: number): GeneratedCapture {
  const list = new PacketList();
  const body = "0123456789abcdefghijklmnopqrstuvwxyz-+".repeat(40).slice(0, SEGMENT_BYTES);
  for (let i = 0; i < count; i++) {
    const connection = new Connection(list, i);
    connection.up("PA", "GET /large.bin HTTP/1.1\r\nHost: www.example.com\r\n\r\n");
    const length = segments * SEGMENT_BYTES;
    connection.down("PA", `HTTP/1.1 200 OK\r\nContent-Length: ${length}\r\n\r\n`);
    for (let segment = 0; segment < segments; segment++) {
      connection.down("A", body);
      if (segment % 2 === 1) connection.up("A");
    }
    connection.close();
  }
  return list.capture("few large HTTP flows");
}

/** Queries and answers, each pair a flow of its own. */
export function dnsFlows(count: number): GeneratedCapture {
  const list = new PacketList();
  for (let i = 0; i < count; i++) {
    const client = `10.1.${(i >> 8) & 255}.${i & 255}`;
    const label = `host-${i}`;
    const name = [
      label.length,
      ...bytesOf(label),
      7,
      ...bytesOf("example"),
      3,
      ...bytesOf("com"),
      0,
    ];
    const question = [...name, 0, 1, 0, 1];
    const port = 1024 + (i % 60_000);
    const query = Uint8Array.from([...DNS_HEADER, ...question]);
    const answer = [0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 60, 0, 4, 192, 0, 2, 7];
    const response = Uint8Array.from([...DNS_HEADER, ...question, ...answer]);
    response[2] = 0x81;
    response[3] = 0x80;
    response[7] = 1;
    const up = udp({ sourcePort: port, destinationPort: 53, payload: query });
    list.add(up.over(ipv4({ source: client, destination: SERVER })).over(ethernet()));
    const down = udp({ sourcePort: 53, destinationPort: port, payload: response });
    list.add(down.over(ipv4({ source: SERVER, destination: client })).over(ethernet()));
  }
  return list.capture("DNS");
}

/** UDP packets of 60 bytes without a known protocol, eight to a flow. */
export function smallPackets(count: number): GeneratedCapture {
  const list = new PacketList();
  for (let i = 0; i < count; i++) {
    const flow = i >> 3;
    const datagram = udp({
      sourcePort: 1024 + (flow % 60_000),
      destinationPort: 9,
      payload: "0123456789abcdefgh",
    });
    list.add(datagram.over(ipv4({ source: "10.1.0.1", destination: "10.2.0.1" })).over(ethernet()));
  }
  return list.capture("64-byte packets");
}

function bytesOf(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}
