/** The capture reader: both formats, byte orders, clocks, refills in odd pieces, and broken files. */
import { describe, expect, it } from "vitest";
import { CaptureCode, CaptureReader } from "../../../src/core/pcap/capture-reader.ts";
import { type CapturedPacket, encodePcap, encodePcapng } from "../../../src/core/pcap/writer.ts";

interface Outcome {
  readonly records: Required<CapturedPacket>[];
  readonly linkTypes: number[];
  readonly problem: string;
  readonly isCut: boolean;
}

function readAll(file: Uint8Array, regionBytes = 4096, pieceBytes = 4096): Outcome {
  const reader = new CaptureReader(new Uint8Array(32 + regionBytes), 32, 32 + regionBytes);
  return readWith(reader, file, pieceBytes);
}

function readWith(reader: CaptureReader, file: Uint8Array, pieceBytes: number): Outcome {
  const records: Required<CapturedPacket>[] = [];
  const linkTypes: number[] = [];
  let code: number = CaptureCode.needMore;
  for (let at = 0; at < file.length && code !== CaptureCode.corrupt; ) {
    const target = reader.compact();
    const piece = file.subarray(at, at + Math.min(pieceBytes, reader.regionEnd - target));
    expect(piece.length).toBeGreaterThan(0);
    reader.bytes.set(piece, target);
    reader.dataEnd = target + piece.length;
    at += piece.length;
    for (code = reader.next(); code === CaptureCode.record; code = reader.next()) {
      const { timeUs, wireLength } = reader;
      records.push({ bytes: reader.bytes.slice(reader.start, reader.end), timeUs, wireLength });
      linkTypes.push(reader.linkType);
    }
  }
  return { records, linkTypes, problem: reader.problem, isCut: reader.finish() };
}

const packets = [1, 60, 0, 97, 33].map((length, index) => ({
  bytes: Uint8Array.from({ length }, (_, at) => (at * 7 + index) & 0xff),
  timeUs: 1_700_000_000_123_456 + index * 999_999,
  wireLength: length + index,
}));

/** Words of 32 bits in either order. */
function words(littleEndian: boolean, ...values: number[]): number[] {
  const view = new DataView(new ArrayBuffer(values.length * 4));
  values.forEach((value, index) => {
    view.setUint32(index * 4, value, littleEndian);
  });
  return [...new Uint8Array(view.buffer)];
}

/** A pcapng block around a body whose length is a multiple of 4. */
function block(littleEndian: boolean, type: number, body: readonly number[]): number[] {
  const length = words(littleEndian, body.length + 12);
  return [...words(littleEndian, type), ...length, ...body, ...length];
}

function section(littleEndian: boolean): number[] {
  const body = words(littleEndian, 0x1a2b3c4d, 0, 0xffffffff, 0xffffffff);
  return block(littleEndian, 0x0a0d0d0a, body);
}

/** An interface of link type 1 in a little-endian section. */
function interfaceBlock(snapLength: number, options: readonly number[] = []): number[] {
  return block(true, 1, [1, 0, 0, 0, ...words(true, snapLength), ...options]);
}

const enhanced = (high: number, low: number): number[] =>
  block(true, 6, [...words(true, 0, high, low, 4, 9), 1, 2, 3, 4]);

describe("what was written is read back", () => {
  for (const encode of [encodePcap, encodePcapng]) {
    it(encode.name, () => {
      const outcome = readAll(encode(packets, 101));
      expect(outcome.records).toEqual(packets);
      expect(outcome.linkTypes).toEqual(packets.map(() => 101));
      expect(outcome).toMatchObject({ problem: "", isCut: false });
    });

    it(`${encode.name}, in a small region and odd pieces`, () => {
      const file = encode(packets, 1);
      for (const pieceBytes of [1, 3, 7, 64]) {
        expect(readAll(file, 136, pieceBytes).records).toEqual(packets);
      }
    });

    it(`${encode.name}, cut anywhere in the last record`, () => {
      const file = encode(packets, 1);
      for (const missing of [1, 4, 20, 33]) {
        const outcome = readAll(file.subarray(0, file.length - missing));
        expect(outcome).toMatchObject({ problem: "", isCut: true });
        expect(outcome.records).toEqual(packets.slice(0, -1));
      }
    });
  }

  it("after a reset, in the other format", () => {
    const reader = new CaptureReader(new Uint8Array(4096), 0, 4096);
    readWith(reader, encodePcap(packets, 1).subarray(0, 50), 50);
    for (const encode of [encodePcapng, encodePcap]) {
      reader.reset();
      expect(readWith(reader, encode(packets, 1), 4096).records).toEqual(packets);
    }
  });
});

describe("pcap variants", () => {
  const data = [1, 2, 3, 4, 5, 6];
  const read = (
    isLittle: boolean,
    magic: number,
    fraction: number,
    extra: number[] = [],
    snap = 0,
  ) =>
    readAll(
      new Uint8Array([
        ...words(isLittle, magic, 0, 0, 0, snap, 0x10000001),
        ...words(isLittle, 3_000_000_000, fraction, 6, 10, ...extra),
        ...data,
      ]),
    );

  for (const isLittle of [false, true]) {
    const order = isLittle ? "little endian" : "big endian";
    const expected = { bytes: new Uint8Array(data), timeUs: 3_000_000_000_000_123, wireLength: 10 };
    it(order, () => {
      const { records, linkTypes } = read(isLittle, 0xa1b2c3d4, 123);
      expect(records).toEqual([expected]);
      expect(linkTypes).toEqual([1]);
    });
    it(`nanoseconds, ${order}`, () => {
      expect(read(isLittle, 0xa1b23c4d, 123_999).records).toEqual([expected]);
    });
    it(`modified, ${order}`, () => {
      expect(read(isLittle, 0xa1b2cd34, 123, [0, 0]).records).toEqual([expected]);
    });
  }

  it("cuts records to the snap length of the file", () => {
    expect(read(true, 0xa1b2c3d4, 0, [], 4).records[0]!.bytes).toEqual(
      new Uint8Array([1, 2, 3, 4]),
    );
  });

  it("refuses other files and records that are too long", () => {
    expect(readAll(new Uint8Array([1, 2, 3, 4])).problem).toBe("not a capture file");
    const header = words(true, 0xa1b2c3d4, 0, 0, 0, 0, 1);
    const long = new Uint8Array([...header, ...words(true, 0, 0, 327_681, 327_681)]);
    expect(readAll(long).problem).toBe("record 1 claims 327681 bytes");
  });
});

describe("pcapng blocks", () => {
  const times = (options: number[], high: number, low: number): number[] => {
    const file = [...section(true), ...interfaceBlock(0, options), ...enhanced(high, low)];
    return readAll(new Uint8Array(file)).records.map(({ timeUs }) => timeUs);
  };

  it("clocks: decimal, power of two, offset", () => {
    expect(times([], 1, 5)).toEqual([4_294_967_301]);
    expect(times([9, 0, 1, 0, 9, 0, 0, 0], 0, 5_000_999)).toEqual([5000]);
    expect(times([9, 0, 1, 0, 0x8a, 0, 0, 0], 0, 1536)).toEqual([1_500_000]);
    expect(times([14, 0, 8, 0, ...words(true, 7, 0)], 0, 1)).toEqual([7_000_001]);
  });

  it("sections of both byte orders in one file", () => {
    const big = [
      ...section(false),
      ...block(false, 1, [0, 113, 0, 0, ...words(false, 0)]),
      ...block(false, 6, [...words(false, 0, 0, 8, 2, 2), 1, 2, 0, 0]),
    ];
    const file = [...section(true), ...interfaceBlock(0), ...enhanced(0, 1), ...big];
    const { records, linkTypes } = readAll(new Uint8Array(file));
    expect(records.map(({ timeUs }) => timeUs)).toEqual([1, 8]);
    expect(linkTypes).toEqual([1, 113]);
  });

  it("simple and obsolete packets", () => {
    const file = [
      ...section(true),
      ...interfaceBlock(3),
      ...block(true, 3, [...words(true, 9), 1, 2, 3, 0]),
      ...block(true, 2, [...words(true, 0, 0, 6, 3, 8), 4, 5, 6, 0]),
    ];
    const { records } = readAll(new Uint8Array(file));
    expect(records.map(({ bytes }) => [...bytes])).toEqual([
      [1, 2, 3],
      [4, 5, 6],
    ]);
    expect(records.map(({ wireLength }) => wireLength)).toEqual([9, 8]);
  });

  it("skips other blocks, even those longer than the region", () => {
    const long = block(true, 0xbad, new Array<number>(1000).fill(7));
    const start = [...section(true), ...interfaceBlock(0)];
    const file = new Uint8Array([...start, ...long, ...block(true, 5, []), ...enhanced(0, 1)]);
    for (const pieceBytes of [1, 13, 64]) {
      expect(readAll(file, 64, pieceBytes)).toMatchObject({ problem: "", isCut: false });
      expect(readAll(file, 64, pieceBytes).records).toHaveLength(1);
    }
    expect(readAll(file.subarray(0, 500), 64, 13).isCut).toBe(true);
  });

  it("keeps decryption secrets", () => {
    const reader = new CaptureReader(new Uint8Array(4096), 0, 4096);
    const secret = words(true, 0x544c534b, 4, 0x61626364);
    readWith(reader, new Uint8Array([...section(true), ...block(true, 10, secret)]), 4096);
    expect(reader.secrets.map((bytes) => [...bytes])).toEqual([secret]);
  });

  it("refuses broken blocks", () => {
    const problem = (...bytes: number[]): string => readAll(new Uint8Array(bytes)).problem;
    expect(problem(...section(true), ...enhanced(0, 0))).toMatch("names interface 0");
    expect(problem(...section(true), ...words(true, 6, 13, 0))).toBe("a block claims 13 bytes");
    expect(problem(...words(true, 0x0a0d0d0a, 28, 5))).toBe("a section with an unknown byte order");
  });
});
