/**
 * However the bytes of a stream are cut, ordered and repeated, the same stream comes out.
 */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Direction } from "../../src/core/layers/packet.ts";
import { TcpFlag } from "../../src/core/layers/tcp.ts";
import { Connection } from "../core/stream/harness.ts";

describe("TCP stream", () => {
  it("does not depend on cut, order and repetition", () => {
    const input = fc.record({
      bytes: fc.uint8Array({ minLength: 1, maxLength: 3000, size: "max" }),
      isn: fc.integer(),
      cuts: fc.array(fc.tuple(fc.nat(3000), fc.integer({ min: 1, max: 600 })), { maxLength: 20 }),
      seeds: fc.array(fc.nat(), { minLength: 40, maxLength: 40 }),
      inline: fc.boolean(),
    });
    fc.assert(
      fc.property(input, ({ bytes, isn, cuts, seeds, inline }) => {
        const connection = new Connection({ maxRegions: 64, inline });
        connection.open(isn, 500);
        const pieces = cuts.map(([start, length]) => [start % bytes.length, length] as const);
        for (let at = 0; at < bytes.length; at += 200) pieces.push([at, 200]);
        const order = pieces.map((piece, i) => ({ piece, key: seeds[i % 40]! }));
        order.sort((a, b) => a.key - b.key);
        for (const { piece } of order) {
          const [start, length] = piece;
          const data = bytes.subarray(start, start + length);
          const seq = isn + 1 + start;
          connection.send({ toServer: true, flags: TcpFlag.ack, seq, ack: 501, data });
        }
        const ack = isn + 1 + bytes.length;
        connection.send({ toServer: false, flags: TcpFlag.ack, seq: 501, ack });
        expect(connection.read(Direction.toServer)).toEqual(bytes);
        connection.tracker.release(connection.flow);
        expect(connection.pool.usedBytes).toBe(0);
      }),
    );
  });
});
