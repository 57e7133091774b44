/** HTTP conversations as captured packets, several at once, interleaved: load for tests of what runs live. */
import type { CapturedPacket } from "../../src/core/pcap/writer.ts";
import { ethernet, ipv4, tcp } from "./packets/index.ts";

export interface TalkOptions {
  readonly count: number;
  /** The request of a conversation: its path. */
  readonly path: (index: number) => string;
  /** Microseconds since 1970. */
  readonly startUs: number;
  /** Microseconds between two packets. */
  readonly stepUs: number;
}

const SERVER = "10.9.0.1";
const CLIENT_FIRST = 1000;
const SERVER_FIRST = 9000;

/** Each conversation: handshake, request in two pieces, response, end. Packet n of all comes before packet n + 1. */
export function httpTalks(options: TalkOptions): CapturedPacket[] {
  const talks = Array.from({ length: options.count }, (_, index) =>
    talk(index, options.path(index)),
  );
  const packets: CapturedPacket[] = [];
  let timeUs = options.startUs;
  for (let step = 0; step < (talks[0]?.length ?? 0); step++) {
    for (const packetsOfTalk of talks) {
      const bytes = packetsOfTalk[step];
      if (bytes === undefined) continue;
      packets.push({ bytes, timeUs });
      timeUs += options.stepUs;
    }
  }
  return packets;
}

function talk(index: number, path: string): Uint8Array[] {
  const request = `GET ${path} HTTP/1.1\r\nHost: example.org\r\nUser-Agent: talk/1\r\n\r\n`;
  const response = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello";
  const cut = Math.floor(request.length / 2);
  const client = `10.8.${index >> 8}.${index & 255}`;
  const send = (fromClient: boolean, flags: string, seq: number, ack: number, payload = "") =>
    tcp({
      sourcePort: fromClient ? 30_000 + index : 80,
      destinationPort: fromClient ? 80 : 30_000 + index,
      flags,
      seq,
      ack,
      payload,
    })
      .over(
        ipv4({
          source: fromClient ? client : SERVER,
          destination: fromClient ? SERVER : client,
        }),
      )
      .over(ethernet());
  const c = CLIENT_FIRST;
  const s = SERVER_FIRST;
  const asked = c + 1 + request.length;
  const told = s + 1 + response.length;
  return [
    send(true, "S", c, 0),
    send(false, "SA", s, c + 1),
    send(true, "A", c + 1, s + 1),
    send(true, "PA", c + 1, s + 1, request.slice(0, cut)),
    send(false, "A", s + 1, c + 1 + cut),
    send(true, "PA", c + 1 + cut, s + 1, request.slice(cut)),
    send(false, "A", s + 1, asked),
    send(false, "PA", s + 1, asked, response),
    send(true, "A", asked, told),
    send(true, "FA", asked, told),
    send(false, "FA", told, asked + 1),
    send(true, "A", asked + 1, told + 1),
  ];
}
