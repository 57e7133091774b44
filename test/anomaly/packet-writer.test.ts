/** Packets of the office are those that the builders of packets make. */
import { describe, expect, it } from "vitest";
import { ethernet, ipv4, tcp, udp } from "../support/packets/index.ts";
import { datagramPacket, tcpPacket } from "./office/packet-writer.ts";

const source = "192.168.10.20";
const destination = "203.0.113.9";
const ports = { sourcePort: 40_123, destinationPort: 443 };

describe("the packet writer of the office", () => {
  it.each(["", "a", "ab", "abc", "x".repeat(1400)])(
    "makes the builders' packets, payload %#",
    (payload) => {
      const numbers = { seq: 4_000_000_000, ack: 77 };
      const segment = tcp({ ...ports, ...numbers, flags: "PA", payload });
      const outer = ipv4({ source, destination, dontFragment: true }).over(ethernet());
      const written = tcpPacket({ source, destination, ...ports }, "PA", numbers, payload);
      expect([...written]).toEqual([...segment.over(outer)]);
      const datagram = udp({ ...ports, payload }).over(
        ipv4({ source, destination }).over(ethernet()),
      );
      const sent = datagramPacket({ source, destination, ...ports }, payload);
      expect([...sent]).toEqual([...datagram]);
    },
  );
});
