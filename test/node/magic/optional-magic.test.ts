import { createRequire } from "node:module";
import { describe, expect, it } from "vitest";
import { latin1ToBytes } from "../../../src/core/bytes/latin1.ts";
import { BROKEN_INSTANCES_MAX, OptionalMagic } from "../../../src/node/magic/optional-magic.ts";

function textOf(magic: OptionalMagic, content: string): string | null {
  const bytes = latin1ToBytes(`..${content}..`);
  const text = magic.describe(bytes, 2, bytes.length - 2);
  return text === null ? null : Buffer.from(text).toString();
}

const echo = async () => ({ detect: (bytes: Uint8Array) => Buffer.from(bytes).toString() });

describe("libmagic where it is installed", () => {
  it("is loaded once, when it is wanted", async () => {
    let made = 0;
    const magic = new OptionalMagic(async () => {
      made++;
      return await echo();
    });
    expect(await magic.ready()).toBeNull();
    expect(magic.counters()).toEqual([]);
    expect(made).toBe(0);
    magic.want();
    expect(textOf(magic, "early")).toBeNull();
    expect(await Promise.all([magic.ready(), magic.ready()])).toEqual([null, null]);
    expect(made).toBe(1);
    expect(textOf(magic, "bytes")).toBe("bytes");
    expect(magic.lookups).toBe(1);
  });

  it("says how to add it where it is missing", async () => {
    const magic = new OptionalMagic(null);
    expect(magic.remedy).toContain("npm install wasmagic@");
    magic.want();
    expect(await magic.ready()).toContain("npm install wasmagic@");
    expect(textOf(magic, "bytes")).toBe("");
  });

  it("leaves a file that breaks it without a text, and goes on with another instance", async () => {
    const magic = new OptionalMagic(async () => ({
      detect(bytes) {
        if (bytes[0] === 0x21) throw new Error("unreachable");
        return "data";
      },
    }));
    magic.want();
    for (let i = 1; i <= BROKEN_INSTANCES_MAX; i++) {
      await magic.ready();
      expect(textOf(magic, "good")).toBe("data");
      expect(textOf(magic, "!")).toBe("");
      expect(magic.counters()).toContainEqual(["file_magic.failures", i]);
    }
    await magic.ready();
    expect(textOf(magic, "good")).toBe("");
  });

  it("tells why it cannot be loaded", async () => {
    const magic = new OptionalMagic(() => Promise.reject(new Error("bad file")));
    magic.want();
    expect(await magic.ready()).toBe("no libmagic: bad file");
    expect(textOf(magic, "bytes")).toBe("");
  });
});

describe.skipIf(!isInstalled())("the package", () => {
  it("has the words of libmagic", async () => {
    const magic = new OptionalMagic();
    expect(magic.remedy).toBeNull();
    magic.want();
    await magic.ready();
    expect(textOf(magic, "%PDF-1.4\n")).toBe("PDF document, version 1.4");
    expect(textOf(magic, "GIF89a\x01\x00\x01\x00\x80\x00\x00")).toBe(
      "GIF image data, version 89a, 1 x 1",
    );
    expect(textOf(magic, "a")).toBe("very short file (no magic)");
    expect(textOf(magic, "#!/bin/sh\necho hi\n")).toContain("shell script");
  });
});

function isInstalled(): boolean {
  try {
    createRequire(import.meta.url).resolve("wasmagic");
    return true;
  } catch {
    return false;
  }
}
