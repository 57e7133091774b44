/**
 * JA3 and JA3S: the numbers of a hello as text, and the MD5 of that text. A client's holds version, ciphers,
 * extensions, curves and point formats; a server's version, cipher and extensions.
 */
import { bytesToHex } from "../../bytes/hex.ts";
import { latin1ToBytes } from "../../bytes/latin1.ts";
import { Md5 } from "../../bytes/md5.ts";
import type { HelloFields } from "./hello-fields.ts";

export interface Ja3 {
  /** ASCII. */
  readonly text: Uint8Array;
  /** 32 hexadecimal digits; null for a hello that broke off. */
  readonly hash: Uint8Array | null;
}

/** Null when not even the version was there. */
export function ja3Of(hello: HelloFields): Ja3 | null {
  const { reached, legacyVersion, isClient } = hello;
  if (reached === "nothing") return null;
  const parts: string[] = [`${legacyVersion}`];
  if (reached !== "version") parts.push(join(hello.ciphers));
  if (reached === "end") {
    parts.push(join(hello.extensions));
    if (isClient) parts.push(join(hello.curves), join(hello.pointFormats));
  }
  const text = latin1ToBytes(parts.join(","));
  return { text, hash: reached === "end" ? md5Hex(text) : null };
}

function join(values: readonly number[]): string {
  return values.join("-");
}

function md5Hex(text: Uint8Array): Uint8Array {
  const hash = new Md5();
  const digest = new Uint8Array(hash.digestLength);
  hash.update(text, 0, text.length);
  hash.digest(digest, 0);
  return latin1ToBytes(bytesToHex(digest, 0, digest.length));
}
