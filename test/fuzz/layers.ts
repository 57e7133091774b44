/**
 * Feeds bytes to the decoder as records of every link type and as fragments: never a throw, never an offset
 * outside what was given. The first byte chooses the link type.
 */
import type { Packet } from "../../src/core/layers/packet.ts";
import { DecodeHarness } from "../core/layers/harness.ts";
import type { FuzzTarget } from "./fuzz-target.ts";

const linkTypes = [1, 0, 9, 12, 14, 50, 51, 101, 104, 105, 108, 113, 127, 228, 229, 276, 9999];
const everyPort = { enabled: true, ports: null };
const harnesses = linkTypes.map(
  (linkType) =>
    new DecodeHarness({
      linkType,
      decoder: {
        teredo: everyPort,
        vxlan: everyPort,
        geneve: everyPort,
        gtp: everyPort,
        laterEvents: linkType !== 101,
      },
    }),
);

export const layersTarget: FuzzTarget = {
  name: "layers",
  run(bytes) {
    const harness = harnesses[(bytes[0] ?? 0) % harnesses.length];
    if (harness === undefined) throw new Error("no link type");
    const record = bytes.slice(1);
    harness.decode(record, bytes.length * 1000);
    checkOffsets(harness.packet, harness.recordStart, record.length);
    for (const packet of harness.inner)
      checkOffsets(packet, packet.start, packet.end - packet.start);
  },
};

/** Throws when an offset of a packet is outside of its bytes. */
export function checkOffsets(packet: Packet, start: number, length: number): void {
  const end = start + length;
  const inside = (offset: number, what: string) => {
    if (offset >= 0 && (offset < start || offset > end)) throw new Error(`${what} is outside`);
  };
  inside(packet.etherStart, "etherStart");
  inside(packet.arpStart, "arpStart");
  inside(packet.ipStart, "ipStart");
  inside(packet.transportStart, "transportStart");
  inside(packet.sackStart, "sackStart");
  inside(packet.fastOpenStart, "fastOpenStart");
  inside(packet.embeddedIpStart, "embeddedIpStart");
  if (packet.ipStart >= 0) inside(packet.ipEnd, "ipEnd");
  if (packet.transport !== 0) {
    inside(packet.payloadStart, "payloadStart");
    inside(packet.payloadEnd, "payloadEnd");
    if (packet.payloadStart > packet.payloadEnd)
      throw new Error("the payload ends before it begins");
  }
}
