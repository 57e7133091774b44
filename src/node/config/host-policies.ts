/** `host-os-policy`: which hosts reassemble like which system. The most specific address wins. */
import type { AddressSet } from "../../core/rule/address-set.ts";
import { resolveAddresses } from "../../core/rule/addresses.ts";
import { parseListText } from "../../core/rule/list-syntax.ts";
import type { RuleVariables } from "../../core/rule/rule-variables.ts";
import { overlapPolicyOfHost } from "../../core/stream/overlap-policy.ts";
import { ConfigError } from "./config-error.ts";
import { placePrefix } from "./places.ts";
import type { ConfigTree } from "./tree.ts";
import { readList } from "./values.ts";

export interface HostPolicy {
  readonly name: string;
  readonly addresses: AddressSet;
  /** Bits that the addresses share. */
  readonly prefixLength: number;
}

/** Policies in the order in which they are asked. */
export function readHostPolicies(
  tree: ConfigTree,
  variables: RuleVariables,
): readonly HostPolicy[] {
  const root = tree.value("host-os-policy");
  if (root === undefined || root === null || typeof root !== "object" || Array.isArray(root))
    return [];
  tree.know("host-os-policy");
  const policies: HostPolicy[] = [];
  for (const name of Object.keys(root)) {
    const items = readList(tree, `host-os-policy.${name}`)
      .flatMap((text) => text.replace(/^\[|\]$/g, "").split(","))
      .map((text) => text.trim())
      .filter((text) => text !== "");
    if (items.length === 0) continue;
    if (overlapPolicyOfHost(name) === null) throw unknownPolicy(tree, name);
    for (const item of items) {
      const span = { file: "host-os-policy", line: 1, column: 1, length: item.length };
      const addresses = resolveAddresses(parseListText(item, span), variables);
      policies.push({ name, addresses, prefixLength: prefixLengthOf(item) });
    }
  }
  return policies.sort((a, b) => b.prefixLength - a.prefixLength);
}

/** Name of the policy of a host, "bsd" for all that none names. */
export function policyName(
  policies: readonly HostPolicy[],
  ipVersion: number,
  words: Int32Array,
): string {
  for (const { name, addresses } of policies) {
    const holds =
      ipVersion === 4
        ? addresses.containsIpv4(words[0]! >>> 0)
        : addresses.containsIpv6(
            words[0]! >>> 0,
            words[1]! >>> 0,
            words[2]! >>> 0,
            words[3]! >>> 0,
          );
    if (holds) return name;
  }
  return "bsd";
}

function prefixLengthOf(text: string): number {
  const bits = /\/(\d+)$/.exec(text);
  if (bits !== null) return Number(bits[1]);
  return text.includes(":") ? 128 : 32;
}

function unknownPolicy(tree: ConfigTree, name: string): ConfigError {
  const key = `host-os-policy.${name}`;
  return new ConfigError(`${placePrefix(tree.placeOf(key))}unknown "${key}"`);
}
