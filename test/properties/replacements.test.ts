/** What `replace` writes: the bytes asked for, and a checksum that is as right or wrong as it was. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Arena } from "../../src/core/bytes/arena.ts";
import { Replacements } from "../../src/core/detect/replacements.ts";
import { verifyTransportChecksum } from "../../src/core/layers/checksums.ts";
import { ChecksumState, Packet } from "../../src/core/layers/packet.ts";
import { Kernels } from "../../src/core/match/kernels.ts";
import { ipv4, tcp, udp } from "../support/packets/index.ts";

const arena = new Arena(4 << 20);
const kernels = new Kernels(arena);
const room = arena.allocate(4096);
const IP_BYTES = 20;

/** The packet as the decoder leaves it, as far as replacing asks. */
function load(frame: Uint8Array, transport: number, headerBytes: number): Packet {
  arena.bytes.set(frame, room);
  const packet = new Packet();
  packet.reset();
  packet.ipVersion = 4;
  packet.ipStart = room;
  packet.transport = transport;
  packet.transportStart = room + IP_BYTES;
  packet.payloadStart = room + IP_BYTES + headerBytes;
  packet.payloadEnd = room + frame.length;
  const view = new DataView(arena.bytes.buffer);
  packet.sourceWords[0] = view.getInt32(room + 12);
  packet.destinationWords[0] = view.getInt32(room + 16);
  return packet;
}

function checksumState(packet: Packet): number {
  packet.transportChecksum = ChecksumState.unknown;
  return verifyTransportChecksum(arena.bytes, packet, kernels);
}

const changes = fc.array(
  fc.record({ place: fc.nat(200), bytes: fc.uint8Array({ minLength: 1, maxLength: 30 }) }),
  { minLength: 1, maxLength: 5 },
);

describe("replacements", () => {
  it("overwrite the payload and leave the checksum right when it was, wrong when it was", () => {
    const payload = fc.uint8Array({ minLength: 240, maxLength: 400 });
    fc.assert(
      fc.property(payload, changes, fc.boolean(), fc.boolean(), (bytes, list, isTcp, isWrong) => {
        const sum = isWrong ? { checksum: 0x1234 } : {};
        const frame = isTcp
          ? tcp({ ...sum, payload: bytes }).over(ipv4())
          : udp({ ...sum, payload: bytes }).over(ipv4());
        const packet = load(frame, isTcp ? 6 : 17, isTcp ? 20 : 8);
        const before = checksumState(packet);
        const expected = Uint8Array.from(bytes);
        const replacements = new Replacements();
        for (const { place, bytes: content } of list) {
          replacements.note(packet.payloadStart + place, content);
          expected.set(content, place);
        }
        replacements.apply(arena.bytes, packet);
        expect([...arena.bytes.subarray(packet.payloadStart, packet.payloadEnd)]).toEqual([
          ...expected,
        ]);
        expect(checksumState(packet)).toBe(before);
      }),
    );
  });

  it("leave a datagram without a checksum without one", () => {
    const packet = load(udp({ checksum: 0, payload: "passw0rd" }).over(ipv4()), 17, 8);
    const replacements = new Replacements();
    replacements.note(packet.payloadStart, new Uint8Array(8).fill(120));
    replacements.apply(arena.bytes, packet);
    expect([arena.bytes[room + 26], arena.bytes[room + 27]]).toEqual([0, 0]);
  });
});
