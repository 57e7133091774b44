/**
 * Reassembly of fragments equals an obviously right map of bytes: one owner for each byte, decided by the
 * policy against the owner's whole fragment; any order, any overlap, any duplicates.
 */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { DefragPolicy, newerWins } from "../../src/core/flow/defrag-policy.ts";
import { DecodeHarness, eventsOf } from "../core/layers/harness.ts";
import { ethernet, fragmentHeader, ipv4, ipv6, raw } from "../support/packets/index.ts";

interface Fragment {
  readonly offset: number;
  readonly data: Uint8Array;
  readonly more: boolean;
}

const PROTOCOL = 253;

/** The datagram after the fragments so far, or null while bytes or the last fragment are missing. */
class ByteMap {
  private readonly owners: (Fragment | undefined)[] = [];
  private readonly kept = new Set<Fragment>();
  private readonly policy: number;

  constructor(policy: number) {
    this.policy = policy;
  }

  add(fragment: Fragment): { overlaps: boolean; datagram: Uint8Array | null } {
    const { offset, data } = fragment;
    const end = offset + data.length;
    let overlaps = false;
    let won = false;
    for (let at = offset; at < end; at++) {
      const owner = this.owners[at];
      if (owner !== undefined) overlaps = true;
      if (owner === undefined || this.newer(owner, fragment)) {
        this.owners[at] = fragment;
        won = true;
      }
    }
    if (won) this.kept.add(fragment);
    return { overlaps, datagram: won ? this.datagram() : null };
  }

  private newer(owner: Fragment, fragment: Fragment): boolean {
    const ownerEnd = owner.offset + owner.data.length;
    const end = fragment.offset + fragment.data.length;
    return newerWins(this.policy, owner.offset, ownerEnd, fragment.offset, end);
  }

  private datagram(): Uint8Array | null {
    const lasts = [...this.kept].filter(({ more }) => !more).map(({ offset }) => offset);
    if (lasts.length === 0) return null;
    const lastOffset = Math.min(...lasts);
    let length = 0;
    this.owners.forEach((owner, at) => {
      if (owner !== undefined && owner.offset <= lastOffset) length = at + 1;
    });
    const bytes = new Uint8Array(length);
    for (let at = 0; at < length; at++) {
      const owner = this.owners[at];
      if (owner === undefined) return null;
      bytes[at] = owner.data[at - owner.offset] ?? 0;
    }
    return bytes;
  }
}

const fragments = fc.array(
  fc.record({
    offset: fc.integer({ min: 0, max: 10 }).map((units) => units * 8),
    length: fc.oneof(
      fc.integer({ min: 1, max: 5 }).map((units) => units * 8),
      fc.integer({ min: 1, max: 40 }),
    ),
    fill: fc.integer({ min: 1, max: 255 }),
    more: fc.oneof(
      { weight: 4, arbitrary: fc.constant(true) },
      { weight: 1, arbitrary: fc.constant(false) },
    ),
  }),
  { minLength: 1, maxLength: 14 },
);

function frameOf(version: number, { offset, data, more }: Fragment): Uint8Array {
  const place = { fragmentOffset: offset / 8, moreFragments: more };
  if (version === 4)
    return raw(data)
      .over(ipv4({ ...place, protocol: PROTOCOL }))
      .over(ethernet());
  return raw(data)
    .over(fragmentHeader({ ...place, nextHeader: PROTOCOL }))
    .over(ipv6())
    .over(ethernet());
}

describe("defragmentation", () => {
  for (const [name, policy] of Object.entries(DefragPolicy)) {
    for (const version of [4, 6]) {
      it(`of IPv${version} by the policy "${name}" is that of the byte map`, () => {
        const harness = new DecodeHarness({ defrag: { policyFor: () => policy } });
        fc.assert(
          fc.property(fragments, (list) => {
            harness.fragments.clear();
            let map = new ByteMap(policy);
            for (const { offset, length, fill, more } of list) {
              const data = Uint8Array.from({ length }, (_, at) => (fill + at) & 0xff);
              // Alone at the start and last, it would be no fragment.
              const fragment = { offset, data, more: more || offset === 0 };
              const expected = map.add(fragment);
              harness.decode(frameOf(version, fragment));
              const [rebuilt] = harness.inner;
              expect(eventsOf(harness.packet).includes(`ipv${version}.frag_overlap`)).toBe(
                expected.overlaps,
              );
              if (expected.datagram === null) expect(rebuilt).toBeUndefined();
              else {
                const bytes = rebuilt === undefined ? null : harness.bytesOf(rebuilt);
                expect(bytes?.slice(14 + (version === 4 ? 20 : 40))).toEqual(expected.datagram);
                map = new ByteMap(policy);
              }
            }
            harness.fragments.clear();
            expect(harness.pool.usedBytes).toBe(0);
          }),
          { numRuns: 150 },
        );
      });
    }
  }

  it("gives the datagram back for any cut and any order", () => {
    const harness = new DecodeHarness();
    fc.assert(
      fc.property(
        fc.uint8Array({ minLength: 1, maxLength: 600 }),
        fc.uniqueArray(fc.integer({ min: 1, max: 74 }), { maxLength: 12 }),
        fc.infiniteStream(fc.nat()),
        (datagram, units, dice) => {
          const cuts = units.map((unit) => unit * 8).filter((at) => at < datagram.length);
          const edges = [0, ...cuts.sort((a, b) => a - b), datagram.length];
          fc.pre(edges.length > 2);
          const pieces = edges.slice(0, -1).map((offset, index) => ({
            offset,
            data: datagram.slice(offset, edges[index + 1]),
            more: index < edges.length - 2,
          }));
          const order = pieces
            .map((piece) => ({ piece, at: dice.next().value }))
            .sort((a, b) => a.at - b.at);
          const rebuilt = order.map(({ piece }) => {
            harness.decode(frameOf(4, piece));
            const [inner] = harness.inner;
            return inner === undefined ? null : harness.bytesOf(inner).slice(34);
          });
          expect(rebuilt.pop()).toEqual(datagram);
          expect(rebuilt.every((early) => early === null)).toBe(true);
        },
      ),
      { numRuns: 200 },
    );
  });
});
