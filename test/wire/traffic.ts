/** Captures that the wire tests send: datagrams of 500 bytes in many flows, and web requests with answers. */
import fs from "node:fs";
import { ethernet, ipv4, tcp, udp, vlan } from "../support/packets/index.ts";
import { Random } from "../support/random.ts";

const FRAME_BYTES = 500;
const HEADER_BYTES = 14 + 20 + 8;
const DATAGRAMS = 40_000;
const DATAGRAM_FLOWS = 2000;
const CONNECTIONS = 500;

/** Writes the datagrams. Returns how many frames. */
export function writeDatagrams(file: string): number {
  const random = new Random(11);
  const frames: Uint8Array[] = [];
  for (let i = 0; i < DATAGRAMS; i++) {
    const payload = random.bytes(FRAME_BYTES - HEADER_BYTES);
    for (let at = 0; at < payload.length; at++) payload[at] = 97 + (payload[at]! % 26);
    const ports = { sourcePort: 10_000 + (i % DATAGRAM_FLOWS), destinationPort: 5000 + (i % 7) };
    frames.push(
      udp({ ...ports, payload })
        .over(ipv4())
        .over(ethernet()),
    );
  }
  return writeCapture(file, frames);
}

/** Writes tagged datagrams, each from a port of its own. Returns how many frames. */
export function writeTaggedDatagrams(file: string, id: number): number {
  const frames = Array.from({ length: 200 }, (_, i) =>
    udp({ sourcePort: 10_000 + i, destinationPort: 9, payload: `tagged ${i}` })
      .over(ipv4())
      .over(vlan({ id }))
      .over(ethernet()),
  );
  return writeCapture(file, frames);
}

/** Writes whole connections, their packets mixed. Returns how many frames. */
export function writeWebTraffic(file: string): number {
  const random = new Random(13);
  const waiting = Array.from({ length: CONNECTIONS }, (_, i) => connection(i));
  const frames: Uint8Array[] = [];
  let open = waiting.splice(0, 50);
  while (open.length > 0) {
    const next = open[random.below(open.length)]!.shift();
    if (next !== undefined) frames.push(next);
    open = open.filter((rest) => rest.length > 0);
    if (open.length < 50) open.push(...waiting.splice(0, 1));
  }
  return writeCapture(file, frames);
}

/** A request for a page with an even or odd name; every third answer has a word to be found. */
function connection(number: number): Uint8Array[] {
  const client = { source: "10.0.1.1", destination: "10.0.2.2" };
  const server = { source: "10.0.2.2", destination: "10.0.1.1" };
  const sourcePort = 20_000 + number;
  const request = `GET /${number % 2 === 0 ? "even" : "odd"}/${number} HTTP/1.1\r\nHost: a.example\r\n\r\n`;
  const body = `${"text ".repeat(60)}${number % 3 === 0 ? "needle" : "thread"}`;
  const answer = `HTTP/1.1 200 OK\r\nContent-Length: ${body.length}\r\n\r\n${body}`;
  const up = (flags: string, seq: number, ack: number, payload = "") =>
    tcp({ sourcePort, destinationPort: 80, flags, seq, ack, payload })
      .over(ipv4(client))
      .over(ethernet());
  const down = (flags: string, seq: number, ack: number, payload = "") =>
    tcp({ sourcePort: 80, destinationPort: sourcePort, flags, seq, ack, payload })
      .over(ipv4(server))
      .over(ethernet());
  const asked = 101 + request.length;
  const answered = 501 + answer.length;
  return [
    up("S", 100, 0),
    down("SA", 500, 101),
    up("A", 101, 501),
    up("PA", 101, 501, request),
    down("A", 501, asked),
    down("PA", 501, asked, answer),
    up("A", asked, answered),
    up("FA", asked, answered),
    down("FA", answered, asked + 1),
    up("A", asked + 1, answered + 1),
  ];
}

function writeCapture(file: string, frames: readonly Uint8Array[]): number {
  const header = Buffer.alloc(24);
  header.writeUInt32LE(0xa1b2c3d4, 0);
  header.writeUInt16LE(2, 4);
  header.writeUInt16LE(4, 6);
  header.writeUInt32LE(65_535, 16);
  header.writeUInt32LE(1, 20);
  const parts: Uint8Array[] = [header];
  frames.forEach((frame, i) => {
    const record = Buffer.alloc(16);
    record.writeUInt32LE(1_700_000_000 + Math.floor(i / 1000), 0);
    record.writeUInt32LE((i % 1000) * 1000, 4);
    record.writeUInt32LE(frame.length, 8);
    record.writeUInt32LE(frame.length, 12);
    parts.push(record, frame);
  });
  fs.writeFileSync(file, Buffer.concat(parts));
  return frames.length;
}
