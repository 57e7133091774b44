/** Captures on disk: what is written is read back, files rotate, the budget holds. */
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { readCaptureIntoMemory } from "../../../src/node/live/read-capture.ts";
import { CaptureFiles, type CaptureFilesOptions } from "../../../src/node/record/capture-files.ts";
import type { PacketPlace } from "../../../src/node/record/recorded-packet.ts";

const START_US = 1_700_000_000_000_000;
let folder: string;

beforeEach(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), "shrike-capture-"));
});
afterEach(() => fs.rmSync(folder, { recursive: true, force: true }));

function open(given: Partial<CaptureFilesOptions> = {}): CaptureFiles {
  return new CaptureFiles({
    folder,
    prefix: "test",
    fileBytesMax: 1_000_000,
    fileSecondsMax: 0,
    budgetBytes: 0,
    application: "shrike test",
    interfaceNames: ["eth0", "eth1"],
    ...given,
  });
}

function write(
  files: CaptureFiles,
  length: number,
  atSeconds = 0,
  interfaceIndex = 0,
): PacketPlace {
  const bytes = new Uint8Array(length).fill(length & 255);
  const timeUs = START_US + atSeconds * 1_000_000;
  const packet = {
    start: 0,
    end: length,
    wireLength: length + 3,
    timeUs,
    linkType: 1,
    interfaceIndex,
  };
  return files.write(bytes, packet);
}

const captures = (): string[] => fs.readdirSync(folder).sort();

describe("captures on disk", () => {
  it("hold the packets that were written, of any length, with their times and interfaces", async () => {
    const files = open();
    const lengths = [1, 2, 3, 4, 60, 1514, 65_535];
    for (const [index, length] of lengths.entries()) write(files, length, index, index % 2);
    files.close();
    const [name = ""] = captures();
    expect(name).toBe("test-20231114-221320-0000.pcapng");
    const { bytes, packets } = await readCaptureIntoMemory(path.join(folder, name));
    expect(packets.map(({ start, end }) => end - start)).toEqual(lengths);
    expect(packets.map(({ wireLength }) => wireLength)).toEqual(lengths.map((n) => n + 3));
    expect(packets.map(({ timeUs }) => timeUs)).toEqual(lengths.map((_, i) => START_US + i * 1e6));
    for (const { start, end } of packets) expect(bytes[end - 1]).toBe((end - start) & 255);
  });

  it("say where each packet's block begins", () => {
    const files = open();
    const places = [write(files, 100), write(files, 7), write(files, 1000, 0, 1)];
    files.close();
    const bytes = fs.readFileSync(places[0]?.file ?? "");
    for (const { offset } of places) expect(bytes.readUInt32LE(offset)).toBe(6);
  });

  it("rotate by size and by packet time", () => {
    const bySize = open({ prefix: "size", fileBytesMax: 5000 });
    for (let i = 0; i < 10; i++) write(bySize, 1400);
    bySize.close();
    const sizes = captures().map((name) => fs.statSync(path.join(folder, name)).size);
    expect(sizes.length).toBe(4);
    expect(Math.max(...sizes)).toBeLessThan(5200);
    const byTime = open({ prefix: "time", fileSecondsMax: 60 });
    for (let second = 0; second < 180; second += 20) write(byTime, 100, second);
    byTime.close();
    expect(captures().filter((name) => name.startsWith("time")).length).toBe(3);
  });

  it("stay within the budget; the oldest go first, files of others are left alone", () => {
    fs.writeFileSync(path.join(folder, "notes.txt"), "x".repeat(9000));
    const files = open({ fileBytesMax: 3000, budgetBytes: 10_000 });
    for (let i = 0; i < 40; i++) write(files, 1000, i);
    files.close();
    const own = captures().filter((name) => name.startsWith("test-"));
    const total = own.reduce((sum, name) => sum + fs.statSync(path.join(folder, name)).size, 0);
    expect(total).toBeLessThanOrEqual(10_000);
    expect(own.at(-1)).toContain("221358");
    expect(files.removed).toBeGreaterThan(10);
    expect(captures()).toContain("notes.txt");
  });

  it("do not overwrite the files of an earlier run", () => {
    for (let run = 0; run < 3; run++) {
      const files = open();
      write(files, 100);
      files.close();
    }
    expect(captures().length).toBe(3);
  });
});
