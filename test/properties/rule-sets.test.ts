import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { resolveAddresses } from "../../src/core/rule/addresses.ts";
import { RuleError } from "../../src/core/rule/diagnostic.ts";
import { parseAddressRange } from "../../src/core/rule/ip-address.ts";
import { parseListText, printList } from "../../src/core/rule/list-syntax.ts";
import { resolvePorts } from "../../src/core/rule/ports.ts";
import type { ListExpression } from "../../src/core/rule/syntax-tree.ts";

const span = { file: "x", line: 1, column: 1, length: 1 };
const noVariables = { addressGroups: new Map(), portGroups: new Map() };

/** Expressions of few distinct values, so that they overlap. */
function expressions(items: fc.Arbitrary<string>): fc.Arbitrary<ListExpression> {
  const { tree } = fc.letrec<{ tree: ListExpression; item: ListExpression; list: ListExpression }>(
    (tie) => ({
      item: fc.record({
        kind: fc.constant("item" as const),
        text: items,
        negated: fc.boolean(),
        span: fc.constant(span),
      }),
      list: fc.record({
        kind: fc.constant("list" as const),
        items: fc.array(tie("tree"), { minLength: 1, maxLength: 4 }),
        negated: fc.boolean(),
        span: fc.constant(span),
      }),
      tree: fc.oneof({ maxDepth: 3 }, tie("item"), tie("list")),
    }),
  );
  return tree;
}

type Membership = (text: string, value: bigint) => boolean;

/** The value is named, is negated, whether anything of its family is named at all, or negated. */
interface Verdict {
  named: boolean;
  negated: boolean;
  anyNamed: boolean;
  anyNegated: boolean;
}

/** Whether `value` is in, by the rules as they are told: one value at a time, no intervals. */
function evaluate(
  items: readonly ListExpression[],
  value: bigint,
  isIn: Membership,
  universe: readonly bigint[],
): boolean {
  const verdict: Verdict = { named: false, negated: false, anyNamed: false, anyNegated: false };
  for (const item of items) visit(item, value, isIn, universe, verdict);
  return !verdict.negated && (verdict.named || (verdict.anyNegated && !verdict.anyNamed));
}

function visit(
  expression: ListExpression,
  value: bigint,
  isIn: Membership,
  universe: readonly bigint[],
  verdict: Verdict,
): void {
  if (expression.kind === "list" && !expression.negated) {
    for (const item of expression.items) visit(item, value, isIn, universe, verdict);
    return;
  }
  const holds = (candidate: bigint) =>
    expression.kind === "item"
      ? isIn(expression.text, candidate)
      : evaluate(expression.items, candidate, isIn, universe);
  const isInside = holds(value);
  const isAnyInside = universe.some(holds);
  if (expression.negated) {
    verdict.negated ||= isInside;
    verdict.anyNegated ||= isAnyInside;
  } else {
    verdict.named ||= isInside;
    verdict.anyNamed ||= isAnyInside;
  }
}

function orNull<T>(run: () => T): T | null {
  try {
    return run();
  } catch (error) {
    if (error instanceof RuleError && error.code === "complete-negation") return null;
    throw error;
  }
}

const portItems = fc.constantFrom(
  "any",
  "0",
  "1",
  "2:4",
  "3:5",
  ":2",
  "4:",
  "65535",
  "65530:65534",
);
const ports = [0, 1, 2, 3, 4, 5, 6, 65529, 65530, 65534, 65535];

function isPortIn(text: string, port: bigint): boolean {
  if (text === "any") return true;
  const [from = "", to = from] = text.split(":");
  return port >= BigInt(from || 0) && port <= BigInt(to === "" ? 65535 : to);
}

const addressItems = fc.constantFrom(
  "any",
  "0.0.0.0",
  "10.0.0.0/8",
  "10.1.0.0/16",
  "10.0.0.1-10.1.0.5",
  "255.255.255.255",
  "::",
  "::1",
  "2001:db8::/32",
  "2001:db8:1::/48",
  "::1-2001:db8::5",
  "ffff::/16",
);
const ipv4s = [
  "0.0.0.0",
  "0.0.0.1",
  "9.255.255.255",
  "10.0.0.0",
  "10.0.0.1",
  "10.1.0.5",
  "10.1.0.6",
  "10.2.0.0",
  "255.255.255.254",
  "255.255.255.255",
];
const ipv6s = [
  "::",
  "::1",
  "::2",
  "2001:db7::",
  "2001:db8::",
  "2001:db8::5",
  "2001:db8::6",
  "2001:db8:1::9",
  "2001:db9::",
  "ffff::1",
];

function addressValue(text: string): bigint {
  const range = parseAddressRange(text);
  if ("code" in range) throw new Error(text);
  return range.from;
}

function isAddressIn(family: 4 | 6): Membership {
  return (text, address) => {
    if (text === "any") return true;
    const range = parseAddressRange(text);
    return (
      !("code" in range) && range.family === family && address >= range.from && address <= range.to
    );
  };
}

describe("sets of addresses and ports", () => {
  it("hold the ports that a naive evaluation holds", () => {
    const universe = ports.map(BigInt);
    fc.assert(
      fc.property(expressions(portItems), (expression) => {
        const set = orNull(() => resolvePorts(expression, noVariables));
        if (set === null) return;
        for (const port of ports) {
          expect(set.contains(port), `${printList(expression)} ${port}`).toBe(
            evaluate([expression], BigInt(port), isPortIn, universe),
          );
        }
      }),
      { numRuns: 1000 },
    );
  });

  it("hold the addresses that a naive evaluation holds", () => {
    const universe4 = ipv4s.map(addressValue);
    const universe6 = ipv6s.map(addressValue);
    fc.assert(
      fc.property(expressions(addressItems), (expression) => {
        const set = orNull(() => resolveAddresses(expression, noVariables));
        if (set === null) return;
        const text = printList(expression);
        for (const address of universe4) {
          const wanted = evaluate([expression], address, isAddressIn(4), universe4);
          expect(set.containsIpv4(Number(address)), `${text} ${address}`).toBe(wanted);
        }
        for (const address of universe6) {
          const word = (shift: bigint) => Number((address >> shift) & 0xffff_ffffn);
          const wanted = evaluate([expression], address, isAddressIn(6), universe6);
          expect(
            set.containsIpv6(word(96n), word(64n), word(32n), word(0n)),
            `${text} ${address}`,
          ).toBe(wanted);
        }
      }),
      { numRuns: 1000 },
    );
  });

  it("print and parse to the same expression", () => {
    fc.assert(
      fc.property(expressions(addressItems), (expression) => {
        expect(parseListText(printList(expression), span)).toEqual(expression);
      }),
      { numRuns: 500 },
    );
  });
});
