/** Capture bytes from packed files: whole, cut anywhere, damaged. */
import fs from "node:fs";
import path from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openCapture } from "../../../src/node/replay/capture-source.ts";
import { temporaryFolder } from "../../support/command-line.ts";
import { Random } from "../../support/random.ts";
import { zstdFrame } from "../../support/zstd.ts";

let folder = "";
beforeAll(() => {
  folder = temporaryFolder();
});
afterAll(() => fs.rmSync(folder, { recursive: true, force: true }));

async function readAll(bytes: Uint8Array): Promise<{ bytes: Buffer; problem: string | null }> {
  const file = path.join(folder, "source");
  fs.writeFileSync(file, bytes);
  const source = await openCapture(file);
  const target = new Uint8Array(10_000);
  const parts: Buffer[] = [];
  for (;;) {
    const count = await source.read(target, 0, target.length);
    if (count === 0) break;
    parts.push(Buffer.from(target.slice(0, count)));
  }
  source.close();
  return { bytes: Buffer.concat(parts), problem: source.problem };
}

/** Bytes that do not compress, then some that do. */
function sample(): Buffer {
  const noise = new Random(7).bytes(300_000);
  return Buffer.concat([noise, Buffer.alloc(500_000, 0x41)]);
}

describe("a packed capture", () => {
  const plain = sample();
  const packings = [
    ["gzip", gzipSync(plain)],
    ["gzip of two members", Buffer.concat([gzipSync(plain), gzipSync("tail")])],
    ["zstd", zstdFrame(plain)],
    ["nothing", plain],
  ] as const;

  it.each(packings)("in %s is read whole", async (name, packed) => {
    const { bytes, problem } = await readAll(packed);
    const wanted = name.includes("two") ? Buffer.concat([plain, Buffer.from("tail")]) : plain;
    expect(problem).toBeNull();
    expect(bytes.equals(wanted)).toBe(true);
  });

  it.each([0.1, 0.5, 0.9])("cut at %f of its length gives what comes before", async (share) => {
    for (const packed of [gzipSync(plain), zstdFrame(plain)]) {
      const { bytes, problem } = await readAll(
        packed.subarray(0, Math.floor(share * packed.length)),
      );
      expect(problem).toBe("the compressed file is cut off");
      expect(bytes.equals(plain.subarray(0, bytes.length))).toBe(true);
      // What may be missing beside the cut: the piece or block that it is in.
      expect(bytes.length).toBeGreaterThan(share * 300_000 - 150_000);
    }
  });

  it("that is damaged says so and gives no wrong bytes before", async () => {
    const packed = Buffer.from(gzipSync(plain));
    packed.fill(0xff, 200_000, 200_100);
    const { bytes, problem } = await readAll(packed);
    expect(problem).toMatch(/^the compressed file is damaged: /);
    expect(bytes.length).toBeGreaterThan(150_000);
    expect(bytes.subarray(0, 150_000).equals(plain.subarray(0, 150_000))).toBe(true);
  });

  it("that is empty or shorter than a magic has no problem of its own", async () => {
    expect((await readAll(new Uint8Array(0))).bytes).toHaveLength(0);
    expect((await readAll(Uint8Array.of(0x1f))).bytes).toHaveLength(1);
  });
});
