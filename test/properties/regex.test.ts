/** Laws of the regex engine: it agrees with RegExp, and does not care where its range lies. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { LIMIT, MATCH } from "../../src/core/match/regex/index.ts";
import { latin1, regex } from "../core/match/regex-harness.ts";
import { regexTarget } from "../fuzz/regex.ts";

/** A pattern as PCRE and as JavaScript write it, and whether it can match nothing. */
interface Sample {
  readonly pcre: string;
  readonly js: string;
  readonly nullable: boolean;
}

const plain = (pcre: string, js = pcre): Sample => ({ pcre, js, nullable: false });
const empty = (pcre: string, js = pcre): Sample => ({ pcre, js, nullable: true });

const atoms: readonly Sample[] = [
  ...["a", "b", "c", "A", "\\n", "[ab]", "[^a]", "[a-c]", "\\w", "\\W", "\\d", "_"].map((item) =>
    plain(item),
  ),
  plain(".", "[^\\n]"),
  plain("\\s", "[\\t-\\r ]"),
];

const assertions: readonly Sample[] = [
  empty("\\b"),
  empty("\\B"),
  empty("^", "(?<![^])"),
  empty("$", "(?=\\n?(?![^]))"),
  empty("(?m:^)", "(?:(?<![^])|(?<=\\n)(?=[^]))"),
  empty("(?m:$)", "(?=\\n|(?![^]))"),
  empty("(?<=a|b)"),
  empty("(?<!ab)"),
];

const quantifiers = ["*", "+", "?", "*?", "+?", "??", "{2}", "{1,3}", "{0,2}?", "{2,}"];

const { sample } = fc.letrec<{ sample: Sample; item: Sample }>((tie) => ({
  sample: fc
    .array(fc.array(tie("item"), { maxLength: 4 }), { minLength: 1, maxLength: 3 })
    .map((alternatives) => ({
      pcre: alternatives.map((items) => items.map((item) => item.pcre).join("")).join("|"),
      js: alternatives.map((items) => items.map((item) => item.js).join("")).join("|"),
      nullable: alternatives.some((items) => items.every((item) => item.nullable)),
    })),
  item: fc.oneof(
    { depthSize: "small", withCrossShrink: true },
    fc.constantFrom(...atoms),
    fc.constantFrom(...assertions),
    fc.tuple(fc.constantFrom(...atoms), fc.constantFrom(...quantifiers)).map(quantified),
    tie("sample").map((inner) => wrap("(?:", inner)),
    // Not under a quantifier: JavaScript forgets groups at each round, PCRE does not.
    tie("sample").map((inner) => ({ ...wrap("(?=", inner), nullable: true })),
    tie("sample").map((inner) => ({ ...wrap("(?!", inner), nullable: true })),
    // JavaScript refuses an empty round where PCRE accepts it, so only what consumes is repeated.
    fc
      .tuple(tie("sample"), fc.constantFrom(...quantifiers))
      .map(([inner, quantifier]) =>
        inner.nullable ? wrap("(?:", inner) : quantified([wrap("(?:", inner), quantifier]),
      ),
  ),
}));

function wrap(opener: string, inner: Sample): Sample {
  return { pcre: `${opener}${inner.pcre})`, js: `${opener}${inner.js})`, nullable: inner.nullable };
}

function quantified([inner, quantifier]: readonly [Sample, string]): Sample {
  const nullable = inner.nullable || /^(?:[*?]|\{0)/.test(quantifier);
  return { pcre: inner.pcre + quantifier, js: inner.js + quantifier, nullable };
}

const subject = fc
  .array(fc.constantFrom("a", "a", "b", "b", "c", "A", "\n", "1", " ", "_"), { maxLength: 16 })
  .map((characters) => characters.join(""));

function bounds(pattern: string, letters: string, bytes: Uint8Array, start: number, end: number) {
  const compiled = regex(pattern, letters);
  const result = compiled.search(bytes, start, end, start);
  return result === MATCH ? [compiled.matchStart - start, compiled.matchEnd - start] : result;
}

/** The step limit is an answer too, but only of patterns that are not linear. */
function gaveUp(pattern: string, letters: string, found: number | number[]): boolean {
  return found === LIMIT && !regex(pattern, letters).isLinear;
}

function expected(source: string, flags: string, text: string) {
  const match = new RegExp(source, flags).exec(text);
  return match === null ? 0 : [match.index, match.index + match[0].length];
}

describe("the regex engine", () => {
  it("finds what RegExp finds", () => {
    fc.assert(
      fc.property(sample, subject, fc.boolean(), (pattern, text, caseless) => {
        const bytes = latin1(text);
        const flags = caseless ? "i" : "";
        const found = bounds(pattern.pcre, flags, bytes, 0, bytes.length);
        if (gaveUp(pattern.pcre, flags, found)) return;
        expect(found).toEqual(expected(pattern.js, flags, text));
      }),
      { numRuns: 1_500 },
    );
  });

  it("finds what RegExp finds with a back-reference", () => {
    fc.assert(
      fc.property(sample, sample, subject, (first, second, text) => {
        const bytes = latin1(text);
        const source = `(${first.pcre})(?:${second.pcre})\\1`;
        const found = bounds(source, "", bytes, 0, bytes.length);
        if (gaveUp(source, "", found)) return;
        expect(found).toEqual(expected(`(${first.js})(?:${second.js})\\1`, "", text));
      }),
      { numRuns: 600 },
    );
  });

  it("does not depend on where the range lies or what is around it", () => {
    fc.assert(
      fc.property(sample, subject, subject, subject, (pattern, before, text, after) => {
        const alone = latin1(text);
        const inside = latin1(before + text + after);
        const end = before.length + text.length;
        expect(bounds(pattern.pcre, "", inside, before.length, end)).toEqual(
          bounds(pattern.pcre, "", alone, 0, alone.length),
        );
      }),
      { numRuns: 600 },
    );
  });

  it("gives the same answer cold and warm, whatever was searched before", () => {
    fc.assert(
      fc.property(sample, fc.array(subject, { minLength: 2, maxLength: 6 }), (pattern, texts) => {
        const warm = regex(pattern.pcre);
        for (const text of texts) {
          const bytes = latin1(text);
          const result = warm.search(bytes, 0, bytes.length, 0);
          const found = result === MATCH ? [warm.matchStart, warm.matchEnd] : result;
          expect(found).toEqual(bounds(pattern.pcre, "", bytes, 0, bytes.length));
        }
      }),
      { numRuns: 250 },
    );
  });

  it("survives any pattern", () => {
    const syntax = fc
      .array(fc.constantFrom(..."ab(|)[]{}?*+^$.\\1<=!:>P-,#Qk,\n\0ik'EGxdws"), { maxLength: 40 })
      .map((characters) => latin1(characters.join("")));
    fc.assert(
      fc.property(fc.oneof(syntax, fc.uint8Array({ maxLength: 60 })), (bytes) =>
        regexTarget.run(bytes),
      ),
      { numRuns: 2_000 },
    );
  });
});
