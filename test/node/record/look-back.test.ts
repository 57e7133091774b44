/** The last packets of flows, checked against a plain list. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { LookBack } from "../../../src/node/record/look-back.ts";

function keep(ring: LookBack, flowId: number, value: number, length: number): void {
  const bytes = new Uint8Array(length).fill(value);
  const packet = {
    start: 0,
    end: length,
    wireLength: length,
    timeUs: value,
    linkType: 1,
    interfaceIndex: 0,
  };
  ring.keep(flowId, bytes, packet);
}

describe("the look-back", () => {
  it("gives the last packets of a flow, the oldest first, and once only", () => {
    const ring = new LookBack(10_000, 3);
    for (let i = 0; i < 5; i++) {
      keep(ring, 1, i, 100);
      keep(ring, 2, i + 50, 100);
    }
    expect(ring.take(1).map(({ timeUs }) => timeUs)).toEqual([2, 3, 4]);
    expect(ring.take(1)).toEqual([]);
    expect(ring.take(2).length).toBe(3);
  });

  it("gives packets whole or not at all, whatever was overwritten", () => {
    const step = fc.record({
      flow: fc.integer({ min: 1, max: 4 }),
      length: fc.integer({ min: 1, max: 400 }),
      take: fc.boolean(),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
        const ring = new LookBack(1500, 1000);
        const model = new Map<number, { value: number; length: number }[]>();
        steps.forEach(({ flow, length, take }, index) => {
          const value = index & 255;
          keep(ring, flow, value, length);
          const list = model.get(flow) ?? [];
          list.push({ value, length });
          model.set(flow, list);
          if (!take) return;
          const found = ring.take(flow);
          const wanted = list.slice(list.length - found.length);
          expect(found.map(({ start, end }) => end - start)).toEqual(
            wanted.map((one) => one.length),
          );
          found.forEach(({ start, end }, place) => {
            const bytes = ring.bytes.subarray(start, end);
            expect(bytes.every((byte) => byte === wanted[place]?.value)).toBe(true);
          });
          expect(found.length).toBeGreaterThan(0);
          model.delete(flow);
        });
      }),
    );
  });
});
