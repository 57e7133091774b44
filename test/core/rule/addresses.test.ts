import { describe, expect, it } from "vitest";
import type { AddressSet } from "../../../src/core/rule/address-set.ts";
import { resolveAddresses } from "../../../src/core/rule/addresses.ts";
import { RuleError } from "../../../src/core/rule/diagnostic.ts";
import { HeaderResolver } from "../../../src/core/rule/header-resolver.ts";
import { parseIpv4, parseIpv6 } from "../../../src/core/rule/ip-address.ts";
import { parseListText } from "../../../src/core/rule/list-syntax.ts";

const span = { file: "local.rules", line: 1, column: 11, length: 3 };

const variables = {
  addressGroups: new Map([
    ["HOME_NET", "[192.168.0.0/16,10.0.0.0/8]"],
    ["EXTERNAL_NET", "!$HOME_NET"],
    ["SERVERS", "$HOME_NET"],
    ["ANY", "any"],
    ["A", "$B"],
    ["B", "[1.1.1.1,$A]"],
    ["EMPTY", " "],
    ["BROKEN", "[1.1.1.1"],
    ["WRONG", "1.1.1.256"],
  ]),
  portGroups: new Map(),
};

function resolve(text: string): AddressSet {
  return resolveAddresses(parseListText(text, span), variables);
}

function contains(set: AddressSet, address: string): boolean {
  const ipv4 = parseIpv4(address);
  if (ipv4 !== null) return set.containsIpv4(Number(ipv4));
  const ipv6 = parseIpv6(address);
  if (ipv6 === null) throw new Error(`not an address: ${address}`);
  const word = (shift: bigint) => Number((ipv6 >> shift) & 0xffff_ffffn);
  return set.containsIpv6(word(96n), word(64n), word(32n), word(0n));
}

function failure(text: string): RuleError {
  try {
    resolve(text);
  } catch (error) {
    if (error instanceof RuleError) return error;
    throw error;
  }
  throw new Error(`"${text}" was accepted`);
}

/** Expression, addresses in it, addresses not in it. */
const cases: readonly (readonly [string, readonly string[], readonly string[]])[] = [
  ["any", ["0.0.0.0", "255.255.255.255", "::", "ffff::1"], []],
  ["ANY", ["1.2.3.4"], []],
  ["1.2.3.4", ["1.2.3.4"], ["1.2.3.3", "1.2.3.5", "::102:304"]],
  ["0.0.0.0/0", ["9.9.9.9"], ["::1"]],
  ["10.1.2.3/8", ["10.0.0.0", "10.255.255.255"], ["9.255.255.255", "11.0.0.0"]],
  ["192.168.7.0/255.255.255.0", ["192.168.7.255"], ["192.168.8.0"]],
  ["1.1.1.1-1.1.1.3", ["1.1.1.1", "1.1.1.3"], ["1.1.1.0", "1.1.1.4"]],
  ["2001:db8::/32", ["2001:db8::1", "2001:db8:ffff::"], ["2001:db9::", "32.1.13.184"]],
  ["::ffff:1.2.3.4", ["::ffff:102:304"], ["::ffff:102:305"]],
  ["fe80::1-fe80::9", ["fe80::9"], ["fe80::a"]],
  ["!1.2.3.4", ["1.2.3.3", "0.0.0.0"], ["1.2.3.4", "::1"]],
  ["[!10.0.0.1,10.0.0.0/8]", ["10.0.0.2"], ["10.0.0.1", "11.0.0.0"]],
  ["![1.1.1.1,2.2.2.2]", ["3.3.3.3"], ["1.1.1.1", "2.2.2.2"]],
  ["[10.0.0.0/8,![10.1.0.0/16,!10.1.1.0/24]]", ["10.1.1.7", "10.2.0.0"], ["10.1.2.0"]],
  ["[[10.0.0.0/8,!10.1.0.0/16],10.1.1.1]", ["10.2.0.0"], ["10.1.1.1"]],
  ["[::1,!10.0.0.0/8]", ["::1", "11.0.0.0"], ["::2", "10.0.0.0"]],
  ["$HOME_NET", ["192.168.1.1", "10.1.1.1"], ["11.1.1.1"]],
  ["$SERVERS", ["192.168.1.1"], ["11.1.1.1"]],
  ["!$HOME_NET", ["11.1.1.1"], ["192.168.1.1"]],
  ["$EXTERNAL_NET", ["11.1.1.1"], ["192.168.1.1"]],
  ["!$EXTERNAL_NET", ["192.168.1.1"], ["11.1.1.1"]],
  ["[$HOME_NET,!10.0.0.0/9]", ["10.128.0.0", "192.168.1.1"], ["10.1.1.1"]],
  ["[1.1.1.1,]", ["1.1.1.1"], ["1.1.1.2"]],
  ["255.255.255.255", ["255.255.255.255"], ["255.255.255.254"]],
  ["[!0.0.0.0,!255.255.255.255]", ["0.0.0.1"], ["0.0.0.0", "255.255.255.255"]],
];

describe("resolveAddresses", () => {
  it.each(cases)("%s", (text, inside, outside) => {
    const set = resolve(text);
    for (const address of inside) expect(contains(set, address), address).toBe(true);
    for (const address of outside) expect(contains(set, address), address).toBe(false);
  });

  it("marks only the whole of both families as any", () => {
    expect(resolve("any").any).toBe(true);
    expect(resolve("$ANY").any).toBe(true);
    expect(resolve("[0.0.0.0/0,::/0]").any).toBe(true);
    expect(resolve("0.0.0.0/0").any).toBe(false);
  });

  it.each([
    ["!any", "complete-negation"],
    ["![any]", "complete-negation"],
    ["![!any]", "complete-negation"],
    ["!$ANY", "complete-negation"],
    ["[10.0.0.1,!10.0.0.0/8]", "complete-negation"],
    ["!::/0", "complete-negation"],
    ["$HOME_NTE", "undefined-variable"],
    ["$A", "cyclic-variable"],
    ["$EMPTY", "empty-variable"],
    ["$BROKEN", "unbalanced-list"],
    ["$WRONG", "bad-address"],
    ["1.2.3", "bad-address"],
    ["1.2.3.256", "bad-address"],
    ["01.2.3.4", "bad-address"],
    ["1:2:3", "bad-address"],
    ["1::2::3", "bad-address"],
    ["12345::", "bad-address"],
    ["1.2.3.0/33", "bad-netmask"],
    ["1.2.3.0/255.0.255.0", "bad-netmask"],
    ["::/129", "bad-netmask"],
    ["1.1.1.9-1.1.1.1", "reversed-range"],
    ["HOME_NET", "bad-address"],
    ["[]", "empty-list"],
  ])("refuses %s: %s", (text, code) => {
    expect(failure(text)).toMatchObject({ code, span });
  });

  it("says what was meant and where a variable went wrong", () => {
    expect(failure("$HOME_NTE").hint).toBe('did you mean "$HOME_NET"?');
    expect(failure("HOME_NET").hint).toBe('did you mean the variable "$HOME_NET"?');
    expect(failure("$A").message).toBe("variable refers to itself: $A -> $B -> $A");
    expect(failure("$WRONG").message).toContain('(in variable "$WRONG")');
  });
});

describe("HeaderResolver", () => {
  it("gives one set for equal expressions", () => {
    const resolver = new HeaderResolver(variables);
    const first = resolver.addresses(parseListText("[ 1.1.1.1 , $HOME_NET ]", span));
    const second = resolver.addresses(parseListText("[1.1.1.1,$HOME_NET]", span));
    expect(second).toBe(first);
    expect(resolver.ports(parseListText("80", span))).toBe(
      resolver.ports(parseListText("80", span)),
    );
  });
});
