/** What threads change in datasets: as one set would be, within limits, whatever is put in and taken out. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { latin1ToBytes } from "../../../src/core/bytes/latin1.ts";
import {
  type Dataset,
  type DatasetOptions,
  DatasetStore,
} from "../../../src/core/detect/datasets.ts";
import { defaultDetectionLimits } from "../../../src/core/detect/detection-state.ts";
import { createSharedState, SharedState } from "../../../src/core/detect/shared-state.ts";
import { createSharedValues, SharedValues } from "../../../src/core/detect/shared-values.ts";

const name = latin1ToBytes("set");

function numbered(number: number, size = 4): Uint8Array {
  return Uint8Array.from({ length: size }, (_, i) => (i < 4 ? number >>> (8 * i) : 0x55));
}

describe("changed values in shared memory", () => {
  it("are one set for all threads that change it, over what its file says", () => {
    const step = fc.record({
      thread: fc.integer({ min: 0, max: 1 }),
      set: fc.integer({ min: 0, max: 1 }),
      value: fc.integer({ min: 0, max: 40 }),
      isWanted: fc.boolean(),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 400, size: "max" }), (steps) => {
        // Eight values a part: what says nothing any more has to make room.
        const memory = createSharedValues(7, 512, 64 * 64);
        const threads = [new SharedValues(memory, 1), new SharedValues(memory, 2)];
        const numbers = ["a", "b"].map((text) => threads[0]!.open(latin1ToBytes(text), 0));
        expect(["a", "b"].map((text) => threads[1]!.open(latin1ToBytes(text), 0))).toEqual(numbers);
        const isInFile = (value: number): boolean => value % 3 === 0;
        const models = [new Map<number, boolean>(), new Map<number, boolean>()];
        for (const { thread, set, value, isWanted } of steps) {
          const model = models[set]!;
          const isIn = model.get(value) ?? isInFile(value);
          const bytes = numbered(value);
          const values = threads[thread]!;
          const number = numbers[set]!;
          expect(values.has(number, bytes, 0, 4, isInFile(value))).toBe(isIn);
          const isChanged = values.change(number, bytes, 0, 4, isInFile(value), isWanted);
          expect(isChanged).toBe(isIn !== isWanted);
          model.set(value, isWanted);
        }
        for (const [set, model] of models.entries()) {
          const changed = [...model].filter(([value, isIn]) => isIn !== isInFile(value));
          const number = numbers[set]!;
          expect(threads[0]!.changesOf(number)).toBe(changed.length);
          expect(threads[0]!.bytesOf(number)).toBe(4 * changed.length);
          const more = changed.reduce((sum, [, isIn]) => sum + (isIn ? 1 : -1), 0);
          expect(threads[1]!.moreThanFile(number)).toBe(more);
          const added = changed.filter(([, isIn]) => isIn).map(([value]) => numbered(value).join());
          const found = threads[1]!.valuesOf(number).map((value) => value.join());
          expect([...found].sort()).toEqual(added.sort());
        }
        expect(threads.map(({ refused }) => refused)).toEqual([0, 0]);
      }),
      { numRuns: 60 },
    );
  });

  it("come out in the order of their coming", () => {
    const values = new SharedValues(createSharedValues(3), 1);
    const set = values.open(name, 0);
    for (let i = 0; i < 300; i++) values.change(set, numbered(i), 0, 4, false, true);
    expect(values.valuesOf(set).map(([first = 0, second = 0]) => first + 256 * second)).toEqual(
      Array.from({ length: 300 }, (_, i) => i),
    );
  });

  it("are refused at the limit, and counted; what is in stays in", () => {
    const values = new SharedValues(createSharedValues(3, 512, 64 * 1024), 1);
    const set = values.open(name, 0);
    let taken = 0;
    for (let i = 0; i < 2000; i++) if (values.change(set, numbered(i), 0, 4, false, true)) taken++;
    expect(taken).toBeLessThanOrEqual(512);
    expect(taken).toBeGreaterThan(400);
    expect(values.refused).toBe(2000 - taken);
    expect(values.valuesOf(set)).toHaveLength(taken);
    const large = new Uint8Array(2000);
    expect(values.change(set, large, 0, large.length, false, true)).toBe(false);
  });

  it("are forgotten where the file is read anew, of that set alone", () => {
    const memory = createSharedValues(3);
    const [one, two] = [new SharedValues(memory, 1), new SharedValues(memory, 2)];
    const kept = one.open(latin1ToBytes("kept"), 0);
    const before = one.open(name, 0);
    one.change(kept, numbered(1), 0, 4, false, true);
    one.change(before, numbered(1), 0, 4, false, true);
    const after = one.open(name, 1);
    // The other thread has not loaded the rules yet.
    expect(two.has(before, numbered(1), 0, 4, false)).toBe(true);
    expect(one.has(after, numbered(1), 0, 4, false)).toBe(false);
    one.change(after, numbered(2), 0, 4, false, true);
    expect(two.open(name, 1)).toBe(after);
    expect(two.has(after, numbered(2), 0, 4, false)).toBe(true);
    expect(one.open(name, 2)).toBe(before);
    expect(one.has(before, numbered(1), 0, 4, false)).toBe(false);
    expect(one.has(kept, numbered(1), 0, 4, false)).toBe(true);
  });
});

describe("datasets of two threads", () => {
  const options: DatasetOptions = {
    name: "names",
    type: "string",
    isReputation: false,
    loadPath: "names.lst",
    savePath: "names.lst",
    limitBytes: 0,
  };
  const file = latin1ToBytes("b25l\ndHdv\n");
  const has = (set: Dataset, text: string): boolean => {
    const bytes = latin1ToBytes(text);
    return set.has(bytes, 0, bytes.length);
  };
  const change = (set: Dataset, text: string, isWanted: boolean): boolean => {
    const bytes = latin1ToBytes(text);
    return isWanted ? set.add(bytes, 0, bytes.length) : set.remove(bytes, 0, bytes.length);
  };

  function openTwo(given: DatasetOptions): readonly { store: DatasetStore; set: Dataset }[] {
    const memory = createSharedState(defaultDetectionLimits, 100, 5, 2);
    return [1, 2].map((threadNumber) => {
      const store = new DatasetStore(new SharedState(memory, threadNumber));
      const set = store.open(given, () => file);
      if ("code" in set) throw new Error(set.message);
      return { store, set };
    });
  }

  it("have what either put in, lack what either took out, and are saved as one", () => {
    const [one, two] = openTwo(options);
    if (one === undefined || two === undefined) throw new Error("two were opened");
    expect(change(one.set, "new", true)).toBe(true);
    expect(change(two.set, "new", true)).toBe(false);
    expect(has(two.set, "new")).toBe(true);
    expect(change(two.set, "one", false)).toBe(true);
    expect(has(one.set, "one")).toBe(false);
    expect(change(one.set, "two", true)).toBe(false);
    const saved = [{ name: "names", path: "names.lst", text: "dHdv\nbmV3\n" }];
    expect([...one.store.serialise()]).toEqual(saved);
    expect([...two.store.serialise()]).toEqual(saved);
    expect([one.set.count, two.set.count]).toEqual([2, 2]);
    expect(new Map(one.store.counters()).get("detect.dataset_values")).toBe(2);
    expect(new Map(two.store.counters()).has("detect.dataset_values")).toBe(false);
  });

  it("keep to the limit of the set together", () => {
    const [one, two] = openTwo({ ...options, loadPath: "", savePath: "", limitBytes: 400 });
    if (one === undefined || two === undefined) throw new Error("two were opened");
    let taken = 0;
    for (let i = 0; i < 40; i++) if (change((i % 2 ? one : two).set, `v${i}`, true)) taken++;
    // 32 bytes beside each value.
    expect(taken).toBe(11);
    expect(has(two.set, "v0")).toBe(true);
    expect(one.set.table.refused + two.set.table.refused).toBe(29);
  });

  it("that come from a file alone begin anew with a reload, when both have done it", () => {
    const [one, two] = openTwo({ ...options, savePath: "" });
    if (one === undefined || two === undefined) throw new Error("two were opened");
    const reload = ({ store }: { store: DatasetStore }, isTaken: boolean): Dataset => {
      store.beginReload();
      const set = store.open({ ...options, savePath: "" }, () => file);
      store.endReload(isTaken);
      const now = store.get("names");
      if ("code" in set || now === null) throw new Error("it was opened before");
      return now;
    };
    change(one.set, "new", true);
    // Rules that are not taken leave all as it was.
    expect(has(reload(one, false), "new")).toBe(true);
    const ofOne = reload(one, true);
    expect([has(ofOne, "new"), has(two.set, "new")]).toEqual([false, true]);
    change(ofOne, "newer", true);
    const ofTwo = reload(two, true);
    expect([has(ofTwo, "new"), has(ofTwo, "newer"), has(ofTwo, "one")]).toEqual([
      false,
      true,
      true,
    ]);
  });
});
