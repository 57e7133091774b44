import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { bytesToLatin1, latin1ToBytes } from "../../../src/core/bytes/latin1.ts";
import { ByteTable } from "../../../src/core/detect/byte-table.ts";
import { Dataset, DatasetStore, type DatasetType } from "../../../src/core/detect/datasets.ts";
import { ReputationStore } from "../../../src/core/detect/reputation.ts";

describe("a table of byte strings", () => {
  it("does what a map does", () => {
    const step = fc.record({
      remove: fc.boolean(),
      text: fc.uint8Array({ minLength: 1, maxLength: 3, max: 3 }),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 300 }), (steps) => {
        const table = new ByteTable(1 << 20);
        const model = new Map<string, number>();
        for (const [number, { remove, text }] of steps.entries()) {
          const key = text.join();
          if (remove) expect(table.remove(text, 0, text.length)).toBe(model.delete(key));
          else {
            expect(table.insert(text, 0, text.length, number)).toBe(!model.has(key));
            if (!model.has(key)) model.set(key, number);
          }
          expect(table.find(text, 0, text.length)).toBe(model.get(key) ?? -1);
        }
        expect(table.count).toBe(model.size);
        expect([...table.strings()].map((text) => text.join())).toEqual([...model.keys()]);
      }),
      { numRuns: 50 },
    );
  });

  it("grows to many strings and refuses past its limit", () => {
    const table = new ByteTable(64 * 1000);
    const bytes = new Uint8Array(8);
    const view = new DataView(bytes.buffer);
    for (let i = 0; i < 5000; i++) {
      view.setUint32(0, i);
      table.insert(bytes, 0, 8, i);
    }
    expect(table.count).toBe(1600);
    expect(table.refused).toBe(3400);
    view.setUint32(0, 1599);
    expect(table.find(bytes, 0, 8)).toBe(1599);
  });
});

describe("files of datasets", () => {
  const options = (type: DatasetType, isReputation = false) => ({
    name: "s",
    type,
    isReputation,
    loadPath: "s.lst",
    savePath: "s.lst",
    limitBytes: 0,
  });
  const load = (type: DatasetType, text: string, isReputation = false) =>
    new Dataset(options(type, isReputation), type, 1 << 20).load(latin1ToBytes(text));

  it("loads and saves each type", () => {
    const texts: readonly (readonly [DatasetType, string])[] = [
      ["string", "YWJj\nMQ==\n"],
      ["md5", "00112233445566778899aabbccddeeff\n"],
      ["sha256", `${"0123456789abcdef".repeat(4)}\n`],
      ["ipv4", "1.2.3.4\n255.0.0.1\n"],
      ["ip", "1.2.3.4\n0004:0005:0000:0000:0000:0000:0000:0006\n"],
    ];
    for (const [type, text] of texts) {
      const store = new DatasetStore();
      const opened = store.open(options(type), () => latin1ToBytes(text));
      expect(opened, type).toBeInstanceOf(Dataset);
      expect([...store.serialise()]).toEqual([{ name: "s", path: "s.lst", text }]);
    }
  });

  it("takes IPv4 inside IPv6 for the IPv4 address", () => {
    const store = new DatasetStore();
    store.open(options("ip"), () => latin1ToBytes("::ffff:82.165.177.154\n"));
    const address = Uint8Array.of(82, 165, 177, 154);
    expect(store.get("s")?.has(address, 0, 4)).toBe(true);
  });

  it("names the first bad line", () => {
    expect(load("string", "YWJj\n\nY!\n")?.message).toBe(
      's.lst:3: "Y!" is no value of type string',
    );
    expect(load("md5", "0011\n")?.code).toBe("bad-dataset-line");
    expect(load("ipv4", "::1\n")?.code).toBe("bad-dataset-line");
    expect(load("string", "YWJj,5\n")?.code).toBe("bad-dataset-line");
    expect(load("string", "YWJj\n", true)?.code).toBe("bad-dataset-line");
    expect(load("string", "YWJj,65536\n", true)?.code).toBe("bad-dataset-line");
  });

  it("refuses a file past the memory limit", () => {
    const set = new Dataset(options("string"), "string", 40);
    expect(set.load(latin1ToBytes("YWJj\nMQ==\n"))?.code).toBe("dataset-too-large");
  });

  it("starts empty where the file to save to is not there yet", () => {
    const store = new DatasetStore();
    expect(store.open(options("string"), () => null)).toBeInstanceOf(Dataset);
    const loadOnly = { ...options("string"), name: "t", savePath: "" };
    expect(store.open(loadOnly, () => null)).toMatchObject({ code: "unreadable-file" });
  });
});

describe("reputation of addresses", () => {
  const words = (...numbers: number[]) => Int32Array.from({ length: 4 }, (_, i) => numbers[i] ?? 0);

  it("prefers the address, then the longest network", () => {
    const store = new ReputationStore();
    expect(store.loadCategories("# names\n1,CnC,Servers\n2,Mobile\n")).toEqual([]);
    expect(store.categoryOf("CnC")).toBe(1);
    expect(store.categoryOf("cnc")).toBe(-1);
    const text =
      "10.0.0.0/8,1,5\n10.1.2.3/16,1,6\n10.1.2.3,1,7\n0.0.0.0/0,2,1\n2001:db8::/32,1,9\n2001:db8::1,1,10";
    expect(store.loadValues(text)).toEqual([]);
    expect(store.valueOf(4, words(0x0a010203), 1)).toBe(7);
    expect(store.valueOf(4, words(0x0a010204), 1)).toBe(6);
    expect(store.valueOf(4, words(0x0aff0000), 1)).toBe(5);
    expect(store.valueOf(4, words(0x0b000000), 1)).toBe(-1);
    expect(store.valueOf(4, words(-1), 2)).toBe(1);
    expect(store.valueOf(6, words(0x20010db8, 0, 0, 1), 1)).toBe(10);
    expect(store.valueOf(6, words(0x20010db8, 0, 0, 2), 1)).toBe(9);
    expect(store.valueOf(6, words(0x20010db9), 1)).toBe(-1);
  });

  it("names the lines that it cannot read and keeps the others", () => {
    const store = new ReputationStore();
    expect(store.loadCategories("60,x,y\n1,ok,y\nx").map(({ line }) => line)).toEqual([1, 3]);
    const problems = store.loadValues(
      "1.2.3.4,1,128\n1.2.3.4,60,1\n1.2.3,1,1\n1.2.3.4/33,1,1\n1.2.3.4,1,3",
    );
    expect(problems.map(({ line }) => line)).toEqual([1, 2, 3, 4]);
    expect(store.valueOf(4, words(0x01020304), 1)).toBe(3);
  });

  it("keeps text of any kind out of the way", () => {
    fc.assert(
      fc.property(fc.uint8Array(), (bytes) => {
        const text = bytesToLatin1(bytes, 0, bytes.length);
        const store = new ReputationStore();
        store.loadCategories(text);
        store.loadValues(text);
        new Dataset(plainSet(), "string", 1 << 16).load(bytes);
      }),
    );
  });
});

function plainSet() {
  return {
    name: "s",
    type: "string",
    isReputation: false,
    loadPath: "",
    savePath: "",
    limitBytes: 0,
  } as const;
}
