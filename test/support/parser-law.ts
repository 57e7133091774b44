/**
 * The law of segmentation for protocol parsers: however the bytes of a conversation are cut, the transactions are
 * the same.
 */
import fc from "fast-check";
import { expect } from "vitest";
import type { ProtocolParser } from "../../src/core/protocols/protocol.ts";
import { StreamFeed } from "./protocol-harness.ts";

/** Messages of both directions in their order. */
export type Conversation = readonly (readonly [0 | 1, Uint8Array])[];

/** Transactions as text after a conversation whose messages come in pieces of so many bytes. */
export function converse(
  create: () => ProtocolParser,
  conversation: Conversation,
  pieceOf: (index: number) => number = () => Number.MAX_SAFE_INTEGER,
): string {
  const parser = create();
  const feed = new StreamFeed(parser);
  conversation.forEach(([direction, bytes], index) => {
    feed.send(direction, bytes, Math.max(1, Math.min(pieceOf(index), bytes.length)));
  });
  feed.end();
  const { told } = feed.host.frames;
  return describe(parser) + (told.length === 0 ? "" : JSON.stringify(told));
}

/** Whole, byte by byte and cut at random: all the same. */
export function expectSameHoweverCut(
  create: () => ProtocolParser,
  conversation: Conversation,
): void {
  const whole = converse(create, conversation);
  expect(converse(create, conversation, () => 1)).toBe(whole);
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1 }), (pieces) => {
      const cut = converse(create, conversation, (index) => pieces[index % pieces.length]!);
      expect(cut).toBe(whole);
    }),
    { numRuns: 30 },
  );
}

/** Fields of transactions, bytes as text; what only counts or caches is left out. */
function describe(parser: ProtocolParser): string {
  return JSON.stringify(
    parser.transactions.items,
    (key, value: unknown) => {
      if (key === "cache" || key === "decoder" || key === "sink" || key.endsWith("Hash")) return;
      return value instanceof Uint8Array ? Buffer.from(value).toString("latin1") : value;
    },
    1,
  );
}
