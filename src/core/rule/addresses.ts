/**
 * Address expressions of rule headers and of suppress lines as address sets: single addresses, networks by
 * prefix or netmask, ranges, `any`, variables, lists with negation. As in Suricata an expression that names
 * and negates addresses of one family only says nothing of the other: `!10.0.0.0/8` holds no IPv6 address.
 */
import { AddressSet } from "./address-set.ts";
import { RuleError, type Span } from "./diagnostic.ts";
import { type IntervalList, isWhole } from "./interval-list.ts";
import { IPV4_LAST, IPV6_LAST, isFault, parseAddressRange } from "./ip-address.ts";
import { type ListDomain, resolveList } from "./list-resolver.ts";
import type { RuleVariables } from "./rule-variables.ts";
import type { ListExpression } from "./syntax-tree.ts";

export type { RuleVariables } from "./rule-variables.ts";

/** The addresses of an expression. Throws RuleError with a span. */
export function resolveAddresses(expression: ListExpression, variables: RuleVariables): AddressSet {
  const domain: ListDomain = {
    name: "address",
    variables: variables.addressGroups,
    lasts: [IPV4_LAST, IPV6_LAST],
    parseItem: parseAddressItem,
  };
  const [ipv4, ipv6] = resolveList(expression, domain) as [IntervalList, IntervalList]; // one a family
  const any = isWhole(ipv4, IPV4_LAST) && isWhole(ipv6, IPV6_LAST);
  return new AddressSet(any, toIpv4Pairs(ipv4), toIpv6Words(ipv6));
}

function parseAddressItem(text: string, span: Span): ReturnType<ListDomain["parseItem"]> {
  const range = parseAddressRange(text);
  if (isFault(range)) {
    throw new RuleError(range.code, range.message, {
      span,
      ...(range.hint ? { hint: range.hint } : {}),
    });
  }
  return { familyIndex: range.family === 4 ? 0 : 1, from: range.from, to: range.to };
}

function toIpv4Pairs(intervals: IntervalList): Uint32Array {
  return Uint32Array.from(intervals.flatMap(({ from, to }) => [Number(from), Number(to)]));
}

function toIpv6Words(intervals: IntervalList): Uint32Array {
  return Uint32Array.from(
    intervals.flatMap(({ from, to }) => [...ipv6Words(from), ...ipv6Words(to)]),
  );
}

function ipv6Words(address: bigint): readonly number[] {
  return [96n, 64n, 32n, 0n].map((shift) => Number((address >> shift) & 0xffff_ffffn));
}
