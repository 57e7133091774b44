import { describe, expect, it } from "vitest";
import { latin1ToBytes } from "../../../src/core/bytes/latin1.ts";
import { OptionalSuffixes } from "../../../src/node/public-suffixes/optional-suffixes.ts";

function domainOf(name: string, suffixes: OptionalSuffixes): string | null {
  const bytes = latin1ToBytes(name);
  const start = suffixes.registrableStart(bytes, 0, bytes.length);
  return start < 0 ? null : name.slice(start);
}

describe("the public suffix list", () => {
  it("is the library's where there is one, asked for once", () => {
    let asked = 0;
    const suffixes = new OptionalSuffixes(() => {
      asked++;
      return {
        getDomain: (name) => (name.endsWith("hoster.example") ? "me.hoster.example" : null),
      };
    });
    expect(domainOf("a.b.me.hoster.example", suffixes)).toBe("me.hoster.example");
    expect(domainOf("com", suffixes)).toBeNull();
    expect(asked).toBe(1);
  });

  it("is the core's selection without a library", () => {
    const suffixes = new OptionalSuffixes(() => null);
    expect(domainOf("a.evil.co.uk", suffixes)).toBe("evil.co.uk");
    expect(domainOf("co.uk", suffixes)).toBeNull();
  });

  it("knows common names whichever it is", () => {
    expect(domainOf("www.example.com", new OptionalSuffixes())).toBe("example.com");
  });
});
