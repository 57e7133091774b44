import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { DcerpcParser } from "../../../../src/core/protocols/dcerpc/parser.ts";
import { uuidText } from "../../../../src/core/protocols/dcerpc/pdu.ts";
import { OPEN_CALLS_MAX } from "../../../../src/core/protocols/dcerpc/stream-parser.ts";
import { STUB_BYTES_MAX } from "../../../../src/core/protocols/dcerpc/stub-data.ts";
import {
  dcerpcInterface,
  dcerpcOperation,
  isOperation,
  isToInterface,
} from "../../../../src/core/protocols/dcerpc/tests.ts";
import { OptionText } from "../../../../src/core/rule/option-text.ts";
import { StreamFeed, TestHost } from "../../../support/protocol-harness.ts";
import {
  bindAckBody,
  bindBody,
  pdu,
  requestBody,
  scmText,
  zeros,
} from "../../../support/smb-messages.ts";

const BIND = 11;
const BIND_ACK = 12;
const host = { readFile: () => null };

function join(...parts: readonly Uint8Array[]): Uint8Array {
  return Uint8Array.from(parts.flatMap((part) => [...part]));
}

function open() {
  const parser = new DcerpcParser();
  return {
    parser,
    feed: new StreamFeed(parser),
    get items() {
      return parser.transactions.items;
    },
  };
}

function bound() {
  const opened = open();
  opened.feed.send(0, pdu(BIND, 1, bindBody()));
  opened.feed.send(1, pdu(BIND_ACK, 1, bindAckBody()));
  return opened;
}

function wantsInterface(text: string) {
  return dcerpcInterface.parse(new OptionText("dcerpc.iface", text), host);
}

function wantsOperation(text: string) {
  return dcerpcOperation.parse(new OptionText("dcerpc.opnum", text), host);
}

describe("DCE/RPC over TCP", () => {
  test("a bind and its acknowledgement are one transaction", () => {
    const { items } = bound();
    expect(items).toHaveLength(1);
    expect(items[0]!.progress).toEqual([1, 1]);
    const [item] = items[0]!.interfaces!.items;
    expect(uuidText(item!.uuid)).toBe(scmText);
    expect(item).toMatchObject({ isAnswered: true, result: 0, version: 2 });
  });

  test("fragments of a request become one stub, and the call waits for the last", () => {
    const { feed, items } = bound();
    feed.send(0, pdu(0, 2, requestBody(15, [1, 2, 3]), 1));
    expect(items[1]!.toServerProgress).toBe(0);
    feed.send(0, pdu(0, 2, requestBody(15, [4, 5]), 2));
    const { requestStub, operation, progress } = items[1]!;
    expect([...requestStub.bytes.slice(0, requestStub.length)]).toEqual([1, 2, 3, 4, 5]);
    expect(requestStub.fragmentCount).toBe(2);
    expect(operation).toBe(15);
    expect(progress[0]).toBe(1);
  });

  test("a call is to an accepted interface only", () => {
    const { feed, items } = bound();
    feed.send(0, pdu(0, 2, requestBody(15, [1])));
    const call = items[1]!;
    expect(isToInterface(call, wantsInterface(scmText))).toBe(true);
    expect(isToInterface(call, wantsInterface(`${scmText},>1`))).toBe(true);
    expect(isToInterface(call, wantsInterface(`${scmText},>2,any_frag`))).toBe(false);
    const refused = open();
    refused.feed.send(0, pdu(BIND, 1, bindBody()));
    refused.feed.send(1, pdu(BIND_ACK, 1, bindAckBody(2)));
    refused.feed.send(0, pdu(0, 2, requestBody(15, [1])));
    expect(isToInterface(refused.items[1]!, wantsInterface(scmText))).toBe(false);
  });

  test("a bind in a later fragment counts with any_frag only", () => {
    const opened = open();
    const { feed } = opened;
    feed.send(0, pdu(BIND, 1, bindBody(), 2));
    feed.send(1, pdu(BIND_ACK, 1, bindAckBody()));
    feed.send(0, pdu(0, 2, requestBody(15, [1])));
    expect(isToInterface(opened.items[1]!, wantsInterface(scmText))).toBe(false);
    expect(isToInterface(opened.items[1]!, wantsInterface(`${scmText},any_frag`))).toBe(true);
  });

  test("operations are lists and ranges", () => {
    const { feed, items } = bound();
    feed.send(0, pdu(0, 2, requestBody(15, [1])));
    for (const text of ["15", "1,15", "10-20", "1-2,15-15", ">14", "!14"]) {
      expect(isOperation(items[1]!, wantsOperation(text)), text).toBe(true);
    }
    for (const text of ["14", "1,2", "16-20", "<15"]) {
      expect(isOperation(items[1]!, wantsOperation(text)), text).toBe(false);
    }
    expect(() => wantsOperation("20-10")).toThrow();
    expect(() => wantsInterface("no uuid")).toThrow();
  });

  test("a call number that is used again begins a new call", () => {
    const { feed, items } = bound();
    feed.send(0, pdu(0, 1, requestBody(4, [1])));
    feed.send(1, pdu(2, 1, zeros(8)));
    feed.send(0, pdu(0, 1, requestBody(5, [1])));
    expect(items.map(({ operation }) => operation)).toEqual([0, 4, 5]);
  });

  test("after a gap the next header is found, and what was open is lost", () => {
    const { parser, feed, items } = bound();
    feed.send(0, pdu(0, 2, requestBody(4, [1]), 1));
    parser.gap(0);
    feed.send(0, join(Uint8Array.of(9, 9, 9), pdu(0, 3, requestBody(5, [1]))));
    expect(items[1]!.isLost[0]).toBe(true);
    expect(items[2]!.operation).toBe(5);
  });

  test("past the reassembly depth requests count as lost", () => {
    const { parser, feed, items } = bound();
    parser.truncate(0);
    feed.send(1, pdu(2, 9, zeros(8)));
    expect(items[1]!.isLost).toEqual([true, false]);
    expect(items[1]!.progress).toEqual([1, 1]);
  });

  test("stub data beyond the limit is counted, not kept", () => {
    const { feed, items } = bound();
    const stub = zeros(60_000);
    const part = pdu(0, 2, requestBody(1, stub), 0);
    for (let i = 0; i < 20; i++) feed.send(0, part);
    const { requestStub } = items[1]!;
    expect(requestStub.length).toBe(STUB_BYTES_MAX);
    expect(requestStub.totalBytes).toBe(20 * 60_000);
  });

  test("calls that nobody answers are closed beyond the limit, oldest first", () => {
    const opened = open();
    const { feed } = opened;
    for (let i = 0; i < OPEN_CALLS_MAX + 1; i++) feed.send(0, pdu(0, i, requestBody(1, [1])));
    expect(opened.items[0]!.progress).toEqual([1, 1]);
    expect(opened.items[1]!.progress).toEqual([1, 0]);
  });

  test("data that is no PDU ends it", () => {
    const { feed } = bound();
    feed.send(0, Uint8Array.from(zeros(16)));
    expect(feed.hasFailed).toBe(true);
  });

  test("the cut of the bytes does not matter", () => {
    const toServer = join(
      pdu(BIND, 1, bindBody()),
      pdu(0, 2, requestBody(15, [1, 2, 3]), 1),
      pdu(0, 2, requestBody(15, [4]), 2),
      pdu(16, 2, zeros(8)),
      pdu(0, 3, requestBody(16, [])),
    );
    const whole = summary(toServer, toServer.length);
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 40 }), (pieceBytes) => {
        expect(summary(toServer, pieceBytes)).toEqual(whole);
      }),
    );
  });
});

function summary(toServer: Uint8Array, pieceBytes: number) {
  const opened = open();
  const { feed } = opened;
  feed.send(0, toServer, pieceBytes);
  return opened.items.map(({ callId, operation, requestStub, requestType, progress }) => ({
    callId,
    operation,
    requestType,
    progress: [...progress],
    stub: [...requestStub.bytes.slice(0, requestStub.length)],
  }));
}

describe("DCE/RPC over UDP", () => {
  function datagram(type: number, flags: number, sequence: number, stub: readonly number[]) {
    const bytes = new Uint8Array(80 + stub.length);
    bytes.set([4, type, flags, 0, 0x10]);
    bytes.fill(7, 40, 56);
    bytes[64] = sequence;
    bytes[68] = 9;
    bytes[74] = stub.length;
    bytes.set(stub, 80);
    return bytes;
  }

  test("fragments are put together by activity and number", () => {
    const parser = new DcerpcParser();
    const testHost = new TestHost();
    for (const bytes of [
      datagram(0, 4, 1, [1, 2]),
      datagram(0, 6, 1, [3]),
      datagram(2, 0, 1, [4]),
      datagram(0, 0, 2, [5]),
    ]) {
      expect(parser.parse(0, bytes, 0, bytes.length, testHost)).toBe(bytes.length);
    }
    const [first, second] = parser.transactions.items;
    expect(first!.requestStub.length).toBe(3);
    expect(first!.operation).toBe(9);
    expect(first!.progress).toEqual([1, 1]);
    expect(second!.progress).toEqual([1, 0]);
  });
});
