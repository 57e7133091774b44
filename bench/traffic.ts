/** Generated captures for the benchmarks. */
import { encodePcap } from "../src/core/pcap/writer.ts";
import { ethernet, ipv4, tcp, udp } from "../test/support/packets/index.ts";

export interface GeneratedCapture {
  readonly bytes: Uint8Array;
  readonly packets: number;
}

/** Connections of six packets with a short request and response each. */
export function manyFlows(count: number): GeneratedCapture {
  const packets: { bytes: Uint8Array; timeUs: number }[] = [];
  for (let i = 0; i < count; i++) {
    const client = `10.0.${(i >> 8) & 255}.${i & 255}`;
    const up = (flags: string, seq: number, ack: number, payload = ""): void => {
      const segment = tcp({
        sourcePort: 40_000 + (i % 20_000),
        destinationPort: 80,
        flags,
        seq,
        ack,
        payload,
      });
      packets.push({
        bytes: segment.over(ipv4({ source: client, destination: "192.0.2.1" })).over(ethernet()),
        timeUs: packets.length * 10,
      });
    };
    const down = (flags: string, seq: number, ack: number, payload = ""): void => {
      const segment = tcp({
        sourcePort: 80,
        destinationPort: 40_000 + (i % 20_000),
        flags,
        seq,
        ack,
        payload,
      });
      packets.push({
        bytes: segment.over(ipv4({ source: "192.0.2.1", destination: client })).over(ethernet()),
        timeUs: packets.length * 10,
      });
    };
    up("S", 1, 0);
    down("SA", 1, 2);
    up("A", 2, 2);
    up("PA", 2, 2, "GET / HTTP/1.1\r\n\r\n");
    down("PA", 2, 20, "HTTP/1.1 200 OK\r\n\r\n");
    up("R", 20, 0);
  }
  return { bytes: encodePcap(packets, 1), packets: packets.length };
}

/** UDP packets of 64 bytes on the wire, eight to a flow. */
export function smallPackets(count: number): GeneratedCapture {
  const packets: { bytes: Uint8Array; timeUs: number }[] = [];
  for (let i = 0; i < count; i++) {
    const flow = i >> 3;
    const datagram = udp({
      sourcePort: 1024 + (flow % 60_000),
      destinationPort: 9,
      payload: "0123456789abcdefgh",
    });
    packets.push({
      bytes: datagram.over(ipv4({ source: "10.1.0.1", destination: "10.2.0.1" })).over(ethernet()),
      timeUs: i * 10,
    });
  }
  return { bytes: encodePcap(packets, 1), packets: packets.length };
}
