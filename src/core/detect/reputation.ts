/**
 * Reputation of addresses by category, for `iprep`: a file of categories (`id,name,description`) and files of
 * values (`address[/prefix],category,value`). The value of a single address stands above those of networks;
 * of networks the longest prefix counts.
 *
 * @hotpath
 */
import { parseIpv4, parseIpv6 } from "../rule/ip-address.ts";

export const REPUTATION_CATEGORIES_MAX = 60;
export const REPUTATION_LAST = 127;
const CATEGORY_NAME_MAX = 32;

/** A line that could not be read; the others are loaded. */
export interface ReputationProblem {
  readonly line: number;
  readonly message: string;
}

/** Values of one category and prefix length: by word for IPv4, by text of the masked words for IPv6. */
interface Prefix {
  readonly length: number;
  readonly ipv4: Map<number, number>;
  readonly ipv6: Map<string, number>;
}

export class ReputationStore {
  private readonly categories = new Map<string, number>();
  /** By category: prefixes, the longest first. */
  private readonly prefixes4: Prefix[][] = [];
  private readonly prefixes6: Prefix[][] = [];

  /** The number of a category, or -1. */
  categoryOf(name: string): number {
    return this.categories.get(name) ?? -1;
  }

  /** Adds `id,name,description` lines; names what could not be read. */
  loadCategories(text: string): readonly ReputationProblem[] {
    return eachLine(text, (line) => {
      const [, idText = "", name = ""] = /^(\d+)\s*,\s*([^,]+?)\s*(?:,.*)?$/.exec(line) ?? [];
      const id = Number(idText);
      if (name === "") return 'expected "id,name,description"';
      if (id < 1 || id >= REPUTATION_CATEGORIES_MAX) {
        return `category ${idText} is not of 1 to ${REPUTATION_CATEGORIES_MAX - 1}`;
      }
      if (name.length >= CATEGORY_NAME_MAX) return `the name "${name}" is too long`;
      this.categories.set(name, id);
      return null;
    });
  }

  /** Adds `address[/prefix],category,value` lines; names what could not be read. */
  loadValues(text: string): readonly ReputationProblem[] {
    return eachLine(text, (line) => {
      const [address = "", category = "", value = "", ...rest] = line
        .split(",")
        .map((p) => p.trim());
      if (!/^\d+$/.test(category) || !/^\d+$/.test(value) || rest.length > 0) {
        return 'expected "address,category,value"';
      }
      const id = Number(category);
      if (id < 1 || id >= REPUTATION_CATEGORIES_MAX) return `no category ${category}`;
      if (Number(value) > REPUTATION_LAST) return `the value ${value} is above ${REPUTATION_LAST}`;
      return this.add(address, id, Number(value));
    });
  }

  /** The value of an address in a category, 0 to 127, or -1. `words` as in Packet. */
  valueOf(ipVersion: number, words: Int32Array, category: number): number {
    return ipVersion === 4 ? this.valueOf4(words[0]!, category) : this.valueOf6(words, category);
  }

  private valueOf4(word: number, category: number): number {
    const prefixes = this.prefixes4[category];
    if (prefixes === undefined) return -1;
    for (let i = 0; i < prefixes.length; i++) {
      const { length, ipv4 } = prefixes[i]!;
      const value = ipv4.get(maskWord(word, length));
      if (value !== undefined) return value;
    }
    return -1;
  }

  private valueOf6(words: Int32Array, category: number): number {
    const prefixes = this.prefixes6[category];
    if (prefixes === undefined) return -1;
    for (let i = 0; i < prefixes.length; i++) {
      const { length, ipv6 } = prefixes[i]!;
      const value = ipv6.get(maskedKey(words, length));
      if (value !== undefined) return value;
    }
    return -1;
  }

  /** Null, or what is wrong with the address. */
  private add(text: string, category: number, value: number): string | null {
    const [addressText = "", lengthText] = text.split("/", 2);
    const isIpv6 = addressText.includes(":");
    const address = isIpv6 ? parseIpv6(addressText) : parseIpv4(addressText);
    const last = isIpv6 ? 128 : 32;
    const length = lengthText === undefined ? last : Number(lengthText);
    if (address === null || !Number.isInteger(length) || length < 0 || length > last) {
      return `"${text}" is not an address or network`;
    }
    const words = wordsOf(isIpv6 ? address : address << 96n);
    const prefix = prefixOf(isIpv6 ? this.prefixes6 : this.prefixes4, category, length);
    if (isIpv6) prefix.ipv6.set(maskedKey(words, length), value);
    else prefix.ipv4.set(maskWord(words[0]!, length), value);
    return null;
  }
}

function prefixOf(byCategory: Prefix[][], category: number, length: number): Prefix {
  byCategory[category] ??= [];
  const prefixes = byCategory[category];
  const known = prefixes.find((prefix) => prefix.length === length);
  if (known !== undefined) return known;
  const made: Prefix = { length, ipv4: new Map(), ipv6: new Map() };
  prefixes.push(made);
  prefixes.sort((a, b) => b.length - a.length);
  return made;
}

function wordsOf(address: bigint): Int32Array {
  return Int32Array.from({ length: 4 }, (_, i) =>
    Number(BigInt.asIntN(32, address >> BigInt(96 - 32 * i))),
  );
}

/** Keeps the first `length` bits of a word; the others become 0. */
function maskWord(word: number, length: number): number {
  return length === 0 ? 0 : word & (-1 << (32 - length));
}

function maskedKey(words: Int32Array, length: number): string {
  let key = "";
  for (let i = 0; i < 4; i++) {
    const bits = Math.min(32, Math.max(0, length - 32 * i));
    key += `${maskWord(words[i]!, bits)}.`;
  }
  return key;
}

function eachLine(text: string, read: (line: string) => string | null): ReputationProblem[] {
  const problems: ReputationProblem[] = [];
  for (const [index, line] of text.split("\n").entries()) {
    const trimmed = line.trim();
    if (trimmed === "" || trimmed.startsWith("#")) continue;
    const message = read(trimmed);
    if (message !== null) problems.push({ line: index + 1, message });
  }
  return problems;
}
