import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import type { BlockHash } from "../../../src/core/bytes/block-hash.ts";
import { bytesToHex } from "../../../src/core/bytes/hex.ts";
import { latin1ToBytes } from "../../../src/core/bytes/latin1.ts";
import { Md5 } from "../../../src/core/bytes/md5.ts";
import { Sha1 } from "../../../src/core/bytes/sha1.ts";
import { Sha256 } from "../../../src/core/bytes/sha256.ts";
import { Random } from "../../support/random.ts";

function digestOf(hash: BlockHash): string {
  const out = new Uint8Array(hash.digestLength);
  hash.digest(out, 0);
  return bytesToHex(out, 0, out.length);
}

function hashText(hash: BlockHash, text: string): string {
  hash.update(latin1ToBytes(text), 0, text.length);
  return digestOf(hash);
}

describe("digests", () => {
  it("have the standards' known answers", () => {
    const md5 = new Md5();
    expect(hashText(md5, "")).toBe("d41d8cd98f00b204e9800998ecf8427e");
    expect(hashText(md5, "message digest")).toBe("f96b697d7cb7938d525a2f31aaf161d0");
    expect(hashText(md5, "1234567890".repeat(8))).toBe("57edf4a22be3c955ac49da2e2107b67a");
    const sha1 = new Sha1();
    expect(hashText(sha1, "abc")).toBe("a9993e364706816aba3e25717850c26c9cd0d89d");
    expect(hashText(sha1, "01234567".repeat(80))).toBe("dea356a2cddd90c7a7ecedc5ebb563934f460452");
    const sha256 = new Sha256();
    expect(hashText(sha256, "")).toBe(
      "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    );
    expect(hashText(sha256, "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq")).toBe(
      "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1",
    );
  });

  it("are the same for a message in pieces, of any length", () => {
    const random = new Random(7);
    const hashes = { md5: new Md5(), sha1: new Sha1(), sha256: new Sha256() };
    for (let length = 0; length < 260; length += 1 + random.below(3)) {
      const message = random.bytes(length);
      for (const [name, hash] of Object.entries(hashes)) {
        for (let at = 0; at < length; ) {
          const end = Math.min(length, at + random.below(100));
          hash.update(message, at, end);
          at = end;
        }
        expect(digestOf(hash)).toBe(createHash(name).update(message).digest("hex"));
      }
    }
  });

  it("begin anew after reset", () => {
    const md5 = new Md5();
    md5.update(latin1ToBytes("left over"), 0, 9);
    md5.reset();
    expect(hashText(md5, "a")).toBe("0cc175b9c0f1b6a831c399e269772661");
  });
});
