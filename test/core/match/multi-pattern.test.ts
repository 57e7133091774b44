import fs from "node:fs";
import { describe, expect, it } from "vitest";
import { Arena } from "../../../src/core/bytes/arena.ts";
import { bytesToLatin1, latin1ToBytes } from "../../../src/core/bytes/latin1.ts";
import { Kernels } from "../../../src/core/match/kernels.ts";
import {
  MatchSet,
  MultiPatternBuilder,
  type PatternLimits,
} from "../../../src/core/match/multi-pattern.ts";
import { type RealPattern, readPatternGroups, rulesFile } from "./real-patterns.ts";
import { capturesFolder, readPayloads } from "./real-payloads.ts";

interface Wanted {
  readonly text: string;
  readonly nocase?: boolean;
  readonly limits?: PatternLimits;
}

/**
 * Searches `text`, placed in the arena between two copies of `around`, and returns the ids found.
 */
function find(wanted: readonly Wanted[], text: string, around = ""): number[] {
  const arena = new Arena(32 << 20);
  const kernels = new Kernels(arena);
  const builder = new MultiPatternBuilder();
  wanted.forEach((each, id) => {
    builder.add(latin1ToBytes(each.text), each.nocase ?? false, id, each.limits);
  });
  const matcher = builder.build(kernels, arena);
  const bytes = latin1ToBytes(around + text + around);
  const at = arena.allocate(bytes.length);
  arena.bytes.set(bytes, at);
  const out = new MatchSet();
  matcher.search(arena.bytes, at + around.length, at + around.length + text.length, out);
  return [...out.ids.subarray(0, out.count)].sort((a, b) => a - b);
}

/** Patterns of every class that match nothing here, so that the searched ones are hashed. */
const crowd: Wanted[] = Array.from({ length: 300 }, (_, index) => ({
  text: `\x81${index.toString(36)}\x82\x83\x84\x85${"\x86\x87\x88".repeat(6)}`.slice(
    0,
    2 + (index % 20),
  ),
}));

const withCrowd = (wanted: readonly Wanted[], text: string, around = ""): number[] =>
  find([...wanted, ...crowd], text, around).filter((id) => id < wanted.length);

describe("multi-pattern search", () => {
  for (const [name, search] of [
    ["alone", find],
    ["in a large set", withCrowd],
  ] as const) {
    describe(`of patterns ${name}`, () => {
      it("never matches bytes outside the range", () => {
        const wanted = [
          { text: "needle at hay" },
          { text: "needl" },
          { text: "ne" },
          { text: "n" },
        ];
        expect(search(wanted, "eedle at hay", "n")).toEqual([]);
        expect(search(wanted, "needle at ha", "y")).toEqual([1, 2, 3]);
        expect(search(wanted, "", "needle at hay")).toEqual([]);
      });

      it("finds the shortest patterns of each class at both ends of ranges of any length", () => {
        const wide = "qzjxkvwqzjxkvwz";
        const wanted = [wide, "qzjxkvw", "qzjx", "qz", "q"].map((text) => ({ text }));
        for (let length = 0; length < 38; length++) {
          const filler = "\x90".repeat(length);
          expect(search(wanted, `${filler}${wide}`, "qzjx")).toEqual([0, 1, 2, 3, 4]);
          expect(search(wanted, `${filler}qzjxkvw`, "qzjx")).toEqual([1, 2, 3, 4]);
          expect(search(wanted, `${filler}\x90\x90\x90qzjx`, "qzjx")).toEqual([2, 3, 4]);
          expect(search(wanted, `${wide}${filler}`, "kvw")).toEqual([0, 1, 2, 3, 4]);
          expect(search(wanted, `qzjxkvw${filler}`, "kvw")).toEqual([1, 2, 3, 4]);
        }
      });

      it("tells @ from ` and [ from { in patterns without case", () => {
        const wanted = [
          { text: "user@host[1]", nocase: true },
          { text: "a@b[", nocase: true },
          { text: "@[", nocase: true },
        ];
        expect(search(wanted, "USER@HOST[1] A@B[ @[")).toEqual([0, 1, 2]);
        expect(search(wanted, "user`host{1] a`b{ `[")).toEqual([]);
      });

      it("keeps offset and depth as distances from the start of the range", () => {
        const text = "..GET ./index.html";
        const at = (offset: number, depth: number): Wanted[] =>
          ["GET", "GET ./", "GET ./index"].map((each) => ({
            text: each,
            limits: { offset, depth: depth + each.length },
          }));
        expect(search(at(2, 2), text, "--")).toEqual([0, 1, 2]);
        expect(search(at(0, 1), text, "--")).toEqual([]);
        expect(search(at(3, 99), text, "--")).toEqual([]);
      });

      it("finds a later occurrence when the first lies outside the limits", () => {
        const wanted = ["ab", "abcde", "abcdefgh"].map((text) => ({ text, limits: { offset: 5 } }));
        expect(search(wanted, "abcdefgh-abcdefgh")).toEqual([0, 1, 2]);
      });

      it("finds patterns of zeros and with zeros at either end", () => {
        const wanted = [
          "\0\0",
          "\0".repeat(9),
          "\0\0\0\0\0\0\0\0\x05",
          "\x05\0\0\0\0\0\0\0\0\0",
          "\0\0\0\x05",
        ].map((text) => ({ text }));
        const zeros = "\0".repeat(40);
        expect(search(wanted, `${zeros}\x05`)).toEqual([0, 1, 2, 4]);
        expect(search(wanted, `\x05${zeros}`)).toEqual([0, 1, 3]);
        expect(search(wanted, "\0\0\0\0\0\0\0\0")).toEqual([0]);
      });

      it("reports each of several patterns with the same bytes and other limits or case", () => {
        const wanted = [
          { text: "Host: evil" },
          { text: "Host: evil", nocase: true },
          { text: "Host: evil", limits: { depth: 4 } },
          { text: "Host: evil" },
        ];
        expect(search(wanted, "xx Host: evil")).toEqual([0, 1, 3]);
        expect(search(wanted, "xx HOST: EVIL")).toEqual([1]);
      });
    });
  }

  it("finds a pattern across the pieces in which foreign bytes are copied", () => {
    const arena = new Arena(32 << 20);
    const kernels = new Kernels(arena);
    const builder = new MultiPatternBuilder();
    const long = "L".repeat(60_000);
    for (const text of ["border of pieces", long])
      builder.add(latin1ToBytes(text), false, text.length);
    const matcher = builder.build(kernels, arena);
    for (const at of [131_060, 131_072 - 60_000 + 1, 100_000]) {
      const bytes = new Uint8Array(400_000);
      bytes.set(latin1ToBytes("border of pieces"), at);
      bytes.set(latin1ToBytes(long), at + 16);
      const out = new MatchSet();
      matcher.search(bytes, 0, bytes.length, out);
      expect([...out.ids.subarray(0, out.count)].sort((a, b) => a - b)).toEqual([16, 60_000]);
    }
  });

  it("adds an id once to a match set over several searches, until the set is reset", () => {
    const out = new MatchSet(1);
    for (const id of [7, 0, 7, 500, 0]) out.add(id);
    expect([...out.ids.subarray(0, out.count)]).toEqual([7, 0, 500]);
    expect([out.has(500), out.has(501), out.has(1)]).toEqual([true, false, false]);
    out.reset();
    expect([out.count, out.has(7)]).toEqual([0, false]);
    out.add(7);
    expect(out.count).toBe(1);
  });

  it("builds 20,000 patterns in little time and memory", () => {
    const arena = new Arena(64 << 20);
    const kernels = new Kernels(arena);
    const builder = new MultiPatternBuilder();
    for (let id = 0; id < 20_000; id++) {
      builder.add(latin1ToBytes(`/path/${id * 7919}/index.php?id=${id}`), false, id);
    }
    const start = process.hrtime.bigint();
    const matcher = builder.build(kernels, arena);
    const elapsedMs = Number(process.hrtime.bigint() - start) / 1e6;
    expect(matcher.byteLength / 20_000).toBeLessThan(160);
    expect(elapsedMs).toBeLessThan(2_400);
  });
});

const lower = (text: string): string => text.replace(/[A-Z]/g, (letter) => letter.toLowerCase());

/** The oracle: string search in the same text, lower case for patterns without case. */
function expectedIds(
  patterns: readonly RealPattern[],
  texts: readonly string[],
  buffer: string,
): number[] {
  const small = lower(buffer);
  const ids: number[] = [];
  patterns.forEach(({ nocase }, id) => {
    if ((nocase ? small : buffer).includes(texts[id] ?? "")) ids.push(id);
  });
  return ids;
}

describe.skipIf(!fs.existsSync(rulesFile))(
  "multi-pattern search of real patterns (needs ../shared)",
  () => {
    const groups = fs.existsSync(rulesFile)
      ? readPatternGroups(rulesFile)
      : new Map<string, RealPattern[]>();
    const payloads = readPayloads(capturesFolder, 8 << 20);
    const pick = (all: readonly Uint8Array[]): Uint8Array[] =>
      all.filter((_, index) => index % Math.ceil(all.length / 250) === 0);

    for (const [group, buffers] of [
      ["payload/tcp", pick(payloads.tcp)],
      ["payload/udp", pick(payloads.udp)],
      ["http.uri", pick(payloads.uris)],
      ["dns.query", pick(payloads.dnsNames)],
      ["http.user_agent", pick(payloads.tcp)],
    ] as const) {
      it(`finds what string search finds: ${group}`, () => {
        const patterns = groups.get(group) ?? [];
        const texts = patterns.map(({ bytes, nocase }) => {
          const text = bytesToLatin1(bytes, 0, bytes.length);
          return nocase ? lower(text) : text;
        });
        const arena = new Arena(64 << 20);
        const kernels = new Kernels(arena);
        const out = new MatchSet(patterns.length);
        for (const part of [1, 40]) {
          const builder = new MultiPatternBuilder();
          patterns.forEach(({ bytes, nocase }, id) => {
            if (id % part === 0) builder.add(bytes, nocase, id);
          });
          const matcher = builder.build(kernels, arena);
          for (const buffer of buffers) {
            const at = arena.allocate(buffer.length);
            arena.bytes.set(buffer, at);
            out.reset();
            matcher.search(arena.bytes, at, at + buffer.length, out);
            const text = bytesToLatin1(buffer, 0, buffer.length);
            const expected = expectedIds(patterns, texts, text).filter((id) => id % part === 0);
            expect([...out.ids.subarray(0, out.count)].sort((a, b) => a - b)).toEqual(expected);
          }
        }
        expect(patterns.length).toBeGreaterThan(100);
      });
    }
  },
);
