/** However the bytes of NFS over TCP are cut, the same transactions and files come out. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { NfsTalk } from "../core/protocols/nfs/conversation.ts";
import {
  call,
  commitCall,
  handleOf,
  lookupCall,
  lookupReply,
  readCall,
  readReply,
  record,
  writeCall,
} from "../support/nfs-messages.ts";

function dataOf(length: number): number[] {
  return Array.from({ length }, (_, index) => (index * 7) & 255);
}

const sizes = fc.constantFrom(0, 1, 5, 700, 900, 1100, 2500);
const numbers = fc.integer({ min: 1, max: 3 });
const exchange = fc.oneof(
  fc.tuple(fc.constant("lookup"), numbers, sizes, fc.boolean()),
  fc.tuple(fc.constant("read"), numbers, sizes, fc.boolean()),
  fc.tuple(fc.constant("write"), numbers, sizes, fc.boolean()),
  fc.tuple(fc.constant("commit"), numbers, sizes, fc.boolean()),
  fc.tuple(fc.constant("garbage"), numbers, sizes, fc.boolean()),
);

type Exchange = readonly [kind: string, number: number, size: number, flag: boolean];

/** Call and reply. */
function messagesOf([kind, number, size, flag]: Exchange, xid: number): [number[], number[]] {
  const handle = handleOf(number);
  const offset = flag ? 0 : 1100;
  switch (kind) {
    case "lookup":
      return [lookupCall(xid, `f${number}`), lookupReply(xid, handle)];
    case "read":
      return [readCall(xid, handle, offset, size), readReply(xid, dataOf(size), flag)];
    case "write":
      return [writeCall(xid, handle, offset, dataOf(size), flag ? 2 : 0), lookupReply(xid, handle)];
    case "commit":
      return [commitCall(xid, handle), lookupReply(xid, handle)];
    default:
      return [call(xid, number, dataOf(size)), dataOf(size + 12)];
  }
}

function outcome(exchanges: readonly Exchange[], pieceBytes: number): unknown {
  const talk = new NfsTalk();
  exchanges.forEach((item, index) => {
    const [asked, answered] = messagesOf(item, index + 1);
    talk.sayRaw(0, record(asked), pieceBytes);
    talk.sayRaw(1, record(answered), pieceBytes);
  });
  talk.feed.end();
  const { files, events, transactions } = talk;
  const told = transactions.map(({ call: { xid }, name, handle, nfsStatus, progress, file }) => {
    return { xid, name, handle, nfsStatus, progress, pieces: file?.pieces };
  });
  return { files, events, told };
}

describe("NFS", () => {
  it("does not depend on the cut", () => {
    fc.assert(
      fc.property(
        fc.array(exchange, { maxLength: 8 }),
        fc.integer({ min: 2, max: 1500 }),
        (exchanges, pieceBytes) => {
          const whole = outcome(exchanges, 1_000_000);
          expect(outcome(exchanges, pieceBytes)).toEqual(whole);
          expect(outcome(exchanges, 1)).toEqual(whole);
        },
      ),
      { numRuns: 60 },
    );
  });
});
