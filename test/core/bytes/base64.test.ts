import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Base64Mode, decodeBase64, encodeBase64 } from "../../../src/core/bytes/base64.ts";
import { bytesToLatin1, latin1ToBytes } from "../../../src/core/bytes/latin1.ts";

function decode(text: string, mode: Base64Mode, outLimit = 100): string {
  const bytes = latin1ToBytes(`??${text}??`);
  const out = new Uint8Array(200);
  const length = decodeBase64(bytes, 2, bytes.length - 2, out, 3, outLimit, mode);
  return bytesToLatin1(out, 3, 3 + length);
}

const modes = Object.values(Base64Mode);

describe("base64", () => {
  it("decodes in every mode what it encoded", () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 70, size: "max" }),
        fc.constantFrom(...modes),
        (bytes, mode) => {
          const text = encodeBase64(bytes, 0, bytes.length);
          expect(text).toBe(Buffer.from(bytes).toString("base64"));
          expect(decode(text, mode)).toBe(bytesToLatin1(bytes, 0, bytes.length));
        },
      ),
    );
  });

  it("stops at the first foreign character under RFC 4648 and skips it under RFC 2045", () => {
    for (const text of ["Zm 9v Ym Fy", "Zm$9vYm.Fy"]) {
      expect(decode(text, Base64Mode.rfc4648)).toBe("f");
      expect(decode(text, Base64Mode.rfc2045)).toBe("foobar");
      expect(decode(text, Base64Mode.strict)).toBe("");
    }
  });

  it("completes a last group without padding under RFC 4648 only", () => {
    expect(decode("Zm9vYg", Base64Mode.rfc4648)).toBe("foob");
    expect(decode("Zm9vYg", Base64Mode.rfc2045)).toBe("foo");
    expect(decode("Zm9vYg", Base64Mode.strict)).toBe("");
    expect(decode("Zm9vYmE", Base64Mode.rfc4648)).toBe("fooba");
    expect(decode("Zm9vY", Base64Mode.rfc4648)).toBe("");
  });

  it("refuses a group that begins with padding, and stray bits when strict", () => {
    for (const mode of modes) expect(decode("Zm9v=AAA", mode)).toBe("");
    expect(decode("Zh==", Base64Mode.strict)).toBe("");
    expect(decode("Zh==", Base64Mode.rfc4648)).toBe("f");
  });

  it("writes no more than the limit", () => {
    for (const mode of modes) expect(decode("Zm9vYmFy", mode, 4)).toBe("foob");
  });
});
