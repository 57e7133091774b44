/** file.magic and filemagic from rule text to alerts, over HTTP. */
import { describe, expect, it } from "vitest";
import { FakeMagic } from "../../support/fake-magic.ts";
import { replayBytes } from "../../support/replay-bytes.ts";
import { Traffic } from "../../support/traffic.ts";

const PDF = `%PDF-1.4\n${"obj\n".repeat(3000)}`;
const NEEDS = ["filemagic", "file.magic"] as const;

/** Sids that fire on responses with these bodies, in their order of coming. */
function sidsFor(bodies: readonly string[], rules: readonly string[], magic = new FakeMagic()) {
  const traffic = new Traffic();
  bodies.forEach((body, index) => {
    traffic.connection({
      client: "10.0.0.1",
      server: "10.0.0.2",
      port: 80,
      at: 1000 + index,
      request: "GET /report.pdf HTTP/1.1\r\nHost: example.org\r\n\r\n",
      response: `HTTP/1.1 200 OK\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
    });
  });
  const text = rules.map(
    (options, i) => `alert http any any -> any any (${options} sid:${i + 1};)`,
  );
  const { alerts, failed } = replayBytes(
    traffic.capture(),
    text.join("\n"),
    {},
    { builder: { magic } },
  );
  return { sids: alerts.map(({ sid }) => sid).sort(), failed, magic };
}

describe("rules about what a file is", () => {
  it("look for a text, in any case with filemagic", () => {
    const rules = [
      'filemagic:"pdf DOCUMENT";',
      'file.magic; content:"pdf document"; nocase; startswith;',
      'file.magic; content:"pdf document";',
      'filemagic:"GIF";',
    ];
    expect(sidsFor([PDF], rules).sids).toEqual([1, 2]);
    expect(sidsFor(["%PDF-1.4"], rules).sids).toEqual([1, 2]);
  });

  it("can ask for the end of the description", () => {
    const rules = [
      'filemagic:"1 x 1|00|";',
      'filemagic:"1 x|00|";',
      'file.magic; content:"1 x 1"; endswith;',
    ];
    expect(sidsFor(["GIF89a"], rules).sids).toEqual([1, 3]);
  });

  it("are negated only once it is known", () => {
    const rules = [
      'fileext:"pdf"; filemagic:!"PDF document";',
      'file.name; content:".pdf"; file.magic; content:!"PDF document";',
    ];
    expect(sidsFor([PDF], rules).sids).toEqual([]);
    expect(sidsFor(["MZ"], rules).sids).toEqual([1, 2]);
    expect(sidsFor([""], rules).sids).toEqual([]);
  });

  it("look up only files that a rule asks about", () => {
    const { magic } = sidsFor([PDF, PDF], ['fileext:"exe"; filemagic:"PDF";']);
    expect([magic.isWanted, magic.lookups]).toEqual([true, 0]);
    expect(sidsFor([PDF], ['file.name; content:"pdf";']).magic.isWanted).toBe(false);
  });

  it.each(NEEDS)("are unsupported without the library: %s", (name) => {
    const magic = new FakeMagic();
    magic.remedy = "npm install it";
    const options = name === "filemagic" ? 'filemagic:"PDF";' : 'file.magic; content:"PDF";';
    const { sids, failed } = sidsFor([PDF], [options], magic);
    expect([sids, failed]).toEqual([[], 1]);
  });
});
