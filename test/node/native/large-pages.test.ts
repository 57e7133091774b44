/** The arena asks for large pages; skipped without the addon. */
import fs from "node:fs";
import { describe, expect, it } from "vitest";
import { Arena } from "../../../src/core/bytes/arena.ts";
import { findAddon } from "../../../src/node/native/native-addon.ts";

const addon = findAddon();
if (addon === null) console.log("skipped: the native addon is not built");

const LARGE_PAGE_BYTES = 2 * 1024 ** 2;

/** Mappings of this process that asked for large pages ("hg" among their flags), in KiB. */
function advisedKibibytes(): number {
  const mappings = fs
    .readFileSync("/proc/self/smaps", "latin1")
    .split(/^(?=[0-9a-f]+-[0-9a-f]+ )/m);
  const sizes = mappings
    .filter((mapping) => /^VmFlags:.* hg( |$)/m.test(mapping))
    .map((mapping) => Number(/^Size: +(\d+) kB/m.exec(mapping)?.[1]));
  return sizes.reduce((sum, size) => sum + size, 0);
}

describe.skipIf(addon === null)("adviseLargePages", () => {
  it("asks for every whole large page of the bytes", () => {
    const before = advisedKibibytes();
    const { bytes } = new Arena(64 * 1024 ** 2);
    expect(addon?.adviseLargePages?.(bytes)).toBe(0);
    const asked = (advisedKibibytes() - before) * 1024;
    expect(asked).toBeGreaterThanOrEqual(bytes.length - 2 * LARGE_PAGE_BYTES);
    expect(asked).toBeLessThanOrEqual(bytes.length);
  });

  it("does nothing where no whole page fits", () => {
    const before = advisedKibibytes();
    expect(addon?.adviseLargePages?.(new Uint8Array(4096))).toBe(0);
    expect(advisedKibibytes()).toBe(before);
  });
});
