/** HTTP/2: frames, header compression, streams, bodies. */
import "../../../support/property-seed.ts";
import { gzipSync } from "node:zlib";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { latin1ToBytes } from "../../../../src/core/bytes/latin1.ts";
import { HpackDecoder, HpackError } from "../../../../src/core/protocols/http2/hpack.ts";
import { decodeHuffman } from "../../../../src/core/protocols/http2/huffman.ts";
import { Http2Parser } from "../../../../src/core/protocols/http2/parser.ts";
import { Http2Event, Http2State } from "../../../../src/core/protocols/http2/transaction.ts";
import { type Conversation, expectSameHoweverCut } from "../../../support/parser-law.ts";
import { StreamFeed } from "../../../support/protocol-harness.ts";

const limits = {
  streamsMax: 8,
  framesMax: 100,
  tableBytesMax: 65_536,
  reassemblyBytesMax: 1024,
};
const PREFACE = latin1ToBytes("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");
const END_STREAM = 1;
const END_HEADERS = 4;
const PADDED = 8;

describe("hpack", () => {
  it("decodes the requests with Huffman codes of RFC 7541 C.4, the table growing", () => {
    const decoder = new HpackDecoder(4096);
    const blocks = [
      "828684418cf1e3c2e5f23a6ba0ab90f4ff",
      "828684be5886a8eb10649cbf",
      "828785bf408825a849e95ba97d7f8925a849e95bb8e8b4bf",
    ];
    const decoded = blocks.map((block) => fieldsOf(decoder, Buffer.from(block, "hex")));
    expect(decoded[0]?.at(-1)).toBe(":authority=www.example.com");
    expect(decoded[1]?.slice(-2)).toEqual([":authority=www.example.com", "cache-control=no-cache"]);
    expect(decoded[2]?.slice(-2)).toEqual([
      ":authority=www.example.com",
      "custom-key=custom-value",
    ]);
  });

  it("evicts the oldest entries of a small table", () => {
    const decoder = new HpackDecoder(4096);
    const add = (name: string) => literal(name, "v".repeat(20));
    decode(decoder, Uint8Array.of(0x3f, 0x45), add("a"), add("b"));
    expect(fieldsOf(decoder, Uint8Array.of(0xbe))).toEqual([`b=${"v".repeat(20)}`]);
    expect(decode(decoder, Uint8Array.of(0xbf))[0]?.error).toBe(HpackError.badIndex);
  });

  it("refuses endless integers and cut strings", () => {
    const endless = new Uint8Array(12).fill(0xff);
    expect(decode(new HpackDecoder(4096), endless)[0]?.error).toBe(HpackError.integerOverflow);
    const cut = Uint8Array.of(0x40, 0x05, 0x61);
    expect(decode(new HpackDecoder(4096), cut)[0]?.error).toBe(HpackError.cut);
  });

  it("never throws and never grows beyond its table", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        decode(new HpackDecoder(256), bytes);
        decodeHuffman(bytes, 0, bytes.length);
      }),
    );
  });

  it("evicts in linear time", () => {
    const decoder = new HpackDecoder(65_536);
    decoder.announce(65_536);
    const block = joined(
      Uint8Array.of(0x3f, 0xe1, 0xff, 0x03),
      ...Array.from({ length: 20_000 }, () => Uint8Array.of(0x40, 1, 0x61, 1, 0x62)),
    );
    const started = performance.now();
    expect(decoder.decode(block, 0, block.length, 50_000)).toHaveLength(20_001);
    expect(performance.now() - started).toBeLessThan(4000);
  });
});

describe("http2", () => {
  it("makes a transaction of each stream and of each frame of the connection but consents", () => {
    const { transactions } = run([
      [0, joined(PREFACE, frame(4, 0, 0, Uint8Array.of(0, 3, 0, 0, 0, 100)))],
      [0, request(1, END_STREAM)],
      [1, joined(frame(4, END_STREAM, 0), response(1), frame(0, END_STREAM, 1, text("hi")))],
    ]);
    expect(transactions.map(({ streamId, state }) => [streamId, state])).toEqual([
      [0, Http2State.global],
      [1, Http2State.closed],
    ]);
    expect(transactions[0]?.request.frames[0]?.settings).toEqual([{ id: 3, value: 100 }]);
    expect(latin(transactions[1]!.request.first(":path"))).toBe("/");
    expect(transactions[1]?.files[0]?.sizeBytes).toBe(2);
  });

  it("leaves padding out of bodies and decodes them", () => {
    const body = gzipSync("hello world");
    const padded = frame(0, PADDED | END_STREAM, 1, joined(Uint8Array.of(3), body, text("xxx")));
    const head = frame(1, END_HEADERS, 1, joined(response200, literal("content-encoding", "gzip")));
    const { transactions } = run([
      [0, joined(PREFACE, request(1, END_STREAM))],
      [1, joined(head, padded)],
    ]);
    expect(transactions[0]?.files[0]?.sizeBytes).toBe(11);
  });

  it("puts header blocks together up to the limit", () => {
    const block = joined(get, literal("x-long", "v".repeat(100)));
    const whole = run([
      [
        0,
        joined(
          PREFACE,
          frame(1, 0, 1, block.subarray(0, 20)),
          frame(9, END_HEADERS, 1, block.subarray(20)),
        ),
      ],
    ]);
    expect(whole.transactions[0]?.request.first("x-long")).toHaveLength(100);
    const endless = run([
      [
        0,
        joined(
          PREFACE,
          frame(1, 0, 1, get),
          frame(9, 0, 1, new Uint8Array(2000)),
          frame(9, END_HEADERS, 1),
        ),
      ],
    ]);
    expect(endless.transactions[0]?.events).toEqual([Http2Event.reassemblyLimitReached]);
  });

  it("reports what is wrong", () => {
    const events = (...frames: readonly Uint8Array[]) =>
      run([[0, joined(PREFACE, ...frames)]]).transactions.flatMap((one) => one.events);
    expect(events(frame(3, 0, 1, new Uint8Array(3)))).toEqual([Http2Event.invalidFrameLength]);
    expect(events(frame(4, 0, 0, new Uint8Array(5)))).toEqual([Http2Event.invalidFrameData]);
    expect(events(frame(0, 0, 0, text("x")))).toEqual([Http2Event.dataStreamZero]);
    expect(events(frame(77, 0, 1, text("x")))).toEqual([Http2Event.invalidFrameHeader]);
    const both = joined(get, literal(":authority", "a.example"), literal("host", "b.example"));
    expect(events(frame(1, END_HEADERS, 1, both))).toEqual([Http2Event.authorityHostMismatch]);
    expect(run([[0, new Uint8Array(24)]]).transactions[0]?.events).toContain(
      Http2Event.invalidClientMagic,
    );
  });

  it("gives up the oldest of too many streams", () => {
    const frames = Array.from({ length: 9 }, (_, index) => request(2 * index + 1, 0));
    const { transactions } = run([[0, joined(PREFACE, ...frames)]]);
    expect(transactions[0]?.events).toEqual([Http2Event.tooManyStreams]);
    expect(transactions[0]?.state).toBe(Http2State.closed);
  });

  it("does not depend on how the bytes are cut", () => {
    expectSameHoweverCut(create, [
      [0, joined(PREFACE, frame(4, 0, 0, Uint8Array.of(0, 4, 0, 0, 255, 255)), request(1, 0))],
      [1, frame(4, 0, 0)],
      [0, joined(frame(0, PADDED, 1, text("\x02bodyxx")), frame(0, END_STREAM, 1, text("end")))],
      [1, joined(response(1), frame(0, 0, 1, text("answer")), frame(8, 0, 0, new Uint8Array(4)))],
      [1, joined(frame(0, END_STREAM, 1), frame(7, 0, 0, new Uint8Array(8)))],
      [0, frame(3, 0, 1, new Uint8Array(4))],
    ]);
  });
});

const get = Uint8Array.of(0x82, 0x84, 0x86);
const response200 = Uint8Array.of(0x88);

function create(): Http2Parser {
  return new Http2Parser(limits);
}

function run(conversation: Conversation) {
  const parser = create();
  const feed = new StreamFeed(parser);
  for (const [direction, bytes] of conversation) feed.send(direction, bytes);
  return { transactions: parser.transactions.items, host: feed.host };
}

function request(streamId: number, flags: number): Uint8Array {
  return frame(1, END_HEADERS | flags, streamId, get);
}

function response(streamId: number): Uint8Array {
  return frame(1, END_HEADERS, streamId, response200);
}

function frame(
  type: number,
  flags: number,
  streamId: number,
  payload: Uint8Array = new Uint8Array(0),
): Uint8Array {
  const { length } = payload;
  return joined(
    Uint8Array.of(
      length >> 16,
      (length >> 8) & 255,
      length & 255,
      type,
      flags,
      0,
      0,
      streamId >> 8,
      streamId & 255,
    ),
    payload,
  );
}

function literal(name: string, value: string): Uint8Array {
  return joined(
    Uint8Array.of(0x40, name.length),
    text(name),
    Uint8Array.of(value.length),
    text(value),
  );
}

function decode(decoder: HpackDecoder, ...parts: readonly Uint8Array[]) {
  const block = joined(...parts);
  return decoder.decode(block, 0, block.length, 1000);
}

function fieldsOf(decoder: HpackDecoder, block: Uint8Array): string[] {
  return decode(decoder, block).map(({ name, value }) => `${latin(name)}=${latin(value)}`);
}

function joined(...parts: readonly Uint8Array[]): Uint8Array {
  return new Uint8Array(Buffer.concat(parts));
}

function text(value: string): Uint8Array {
  return latin1ToBytes(value);
}

function latin(bytes: Uint8Array | null): string | null {
  return bytes === null ? null : Buffer.from(bytes).toString("latin1");
}
