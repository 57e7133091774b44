/**
 * IP and MAC addresses as text. IPv6 is written in full (eight groups of four digits), as EVE has it.
 * Addresses are four 32-bit words in network order; IPv4 uses word 0 only.
 */

export function ipv4ToText(word: number): string {
  return `${word >>> 24}.${(word >>> 16) & 255}.${(word >>> 8) & 255}.${word & 255}`;
}

export function ipv6ToText(words: Int32Array): string {
  let text = "";
  for (let i = 0; i < 4; i++) {
    const word = words[i]! >>> 0;
    const groups = word.toString(16).padStart(8, "0");
    text += `${i === 0 ? "" : ":"}${groups.slice(0, 4)}:${groups.slice(4)}`;
  }
  return text;
}

export function addressToText(ipVersion: number, words: Int32Array): string {
  return ipVersion === 4 ? ipv4ToText(words[0]!) : ipv6ToText(words);
}

/** Six bytes at `offset` as `00:1a:6b:6c:0c:cc`. */
export function macToText(bytes: Uint8Array, offset: number): string {
  let text = "";
  for (let i = 0; i < 6; i++) {
    text += `${i === 0 ? "" : ":"}${bytes[offset + i]!.toString(16).padStart(2, "0")}`;
  }
  return text;
}
