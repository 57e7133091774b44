/** Buffers of handshake fingerprints; TLS and QUIC attach their sources. */
import { defineBuffer } from "../buffer.ts";

const family = "ja3/ja4";
const MD5_DIGITS = 32;
const ja3Switch = { protocol: "tls", option: "ja3-fingerprints" } as const;
const ja4Switch = { protocol: "tls", option: "ja4-fingerprints" } as const;

function refusesHash(pattern: Uint8Array): string | null {
  return pattern.length === MD5_DIGITS
    ? null
    : `a JA3 hash has ${MD5_DIGITS} digits, this content ${pattern.length}: it never matches`;
}

export const ja3Hash = defineBuffer({
  name: "ja3.hash",
  aliases: ["ja3_hash"],
  family,
  switchedBy: ja3Switch,
  summary: "The JA3 hash of the client's hello, in lower case.",
  exampleContent: "e7d705a3286e19ea42f587b344ee6865",
  foldsContents: "lower",
  refuses: refusesHash,
});
export const ja3String = defineBuffer({
  name: "ja3.string",
  aliases: ["ja3_string"],
  family,
  switchedBy: ja3Switch,
  summary: "The numbers of the client's hello that its JA3 hash is made of.",
});
export const ja3sHash = defineBuffer({
  name: "ja3s.hash",
  family,
  switchedBy: ja3Switch,
  summary: "The JA3S hash of the server's hello, in lower case.",
  exampleContent: "e7d705a3286e19ea42f587b344ee6865",
  foldsContents: "lower",
  refuses: refusesHash,
});
export const ja3sString = defineBuffer({
  name: "ja3s.string",
  family,
  switchedBy: ja3Switch,
  summary: "The numbers of the server's hello that its JA3S hash is made of.",
});
export const ja4Hash = defineBuffer({
  name: "ja4.hash",
  aliases: ["ja4_hash"],
  family,
  switchedBy: ja4Switch,
  summary: "The JA4 fingerprint of the client's hello.",
});
