/**
 * JA4 of a client's hello: transport, version, SNI, counts and ALPN in the clear, then digests of the sorted
 * ciphers and of the sorted extensions with the signature algorithms.
 */
import { bytesToHex } from "../../bytes/hex.ts";
import { latin1ToBytes } from "../../bytes/latin1.ts";
import { Sha256 } from "../../bytes/sha256.ts";
import { isGrease } from "./grease.ts";
import type { HelloFields } from "./hello-fields.ts";
import { TlsVersion } from "./versions.ts";

const COUNT_MAX = 99;
const DIGEST_DIGITS = 12;
const EXTENSION_SNI = 0;
const EXTENSION_ALPN = 16;

const versionCodes: ReadonlyMap<number, string> = new Map([
  [TlsVersion.tls13, "13"],
  [TlsVersion.tls12, "12"],
  [TlsVersion.tls11, "11"],
  [TlsVersion.tls10, "10"],
  [TlsVersion.ssl3, "s3"],
]);

/** 36 ASCII characters. `transport` is "t" for TCP, "q" for QUIC. */
export function ja4Of(hello: HelloFields, transport: "t" | "q"): Uint8Array {
  const { ciphers, extensions, signatureAlgorithms } = hello;
  const version = versionCodes.get(hello.offeredVersion) ?? "00";
  const sni = extensions.includes(EXTENSION_SNI) ? "d" : "i";
  const counts = count(ciphers) + count(extensions);
  const named = extensions.filter((type) => type !== EXTENSION_SNI && type !== EXTENSION_ALPN);
  const ciphersDigest = digestOf(sorted(ciphers));
  const extensionsDigest = digestOf(`${sorted(named)}_${hexList(signatureAlgorithms)}`);
  const open = `${transport}${version}${sni}${counts}${alpnCode(hello.alpns[0])}`;
  return latin1ToBytes(`${open}_${ciphersDigest}_${extensionsDigest}`);
}

function count(values: readonly number[]): string {
  return `${Math.min(COUNT_MAX, values.length)}`.padStart(2, "0");
}

function sorted(values: readonly number[]): string {
  return hexList([...values].sort((a, b) => a - b));
}

function hexList(values: readonly number[]): string {
  return values.map((value) => value.toString(16).padStart(4, "0")).join(",");
}

function digestOf(text: string): string {
  const hash = new Sha256();
  const digest = new Uint8Array(hash.digestLength);
  hash.update(latin1ToBytes(text), 0, text.length);
  hash.digest(digest, 0);
  return bytesToHex(digest, 0, digest.length).slice(0, DIGEST_DIGITS);
}

/** First and last character of the first application protocol, of its hexadecimal form where they are no letters or digits. */
function alpnCode(alpn: Uint8Array | undefined): string {
  if (alpn === undefined || alpn.length === 0) return "00";
  const first = alpn[0]!;
  const last = alpn[alpn.length - 1]!;
  if (alpn.length === 2 && isGrease((first << 8) | last)) return "00";
  if (isAlphanumeric(first) && isAlphanumeric(last)) return String.fromCharCode(first, last);
  const hex = bytesToHex(alpn, 0, alpn.length);
  return `${hex[0] ?? "0"}${hex[hex.length - 1] ?? "0"}`;
}

function isAlphanumeric(byte: number): boolean {
  const isDigit = byte >= 0x30 && byte <= 0x39;
  return isDigit || (byte >= 0x41 && byte <= 0x5a) || (byte >= 0x61 && byte <= 0x7a);
}
