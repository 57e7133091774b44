/**
 * HASSH: the fingerprint of an SSH_MSG_KEXINIT (RFC 4253 §7.1), the MD5 of the names of key exchange, encryption,
 * authentication and compression algorithms that a side offers for what it sends.
 */
import { readUint32 } from "../../bytes/endian.ts";
import { bytesToHex } from "../../bytes/hex.ts";
import { latin1ToBytes } from "../../bytes/latin1.ts";
import { Md5 } from "../../bytes/md5.ts";
import { TO_SERVER } from "../direction.ts";
import type { SshSide } from "./transaction.ts";

const COOKIE_BYTES = 16;
const NAME_LISTS = 10;
/** first_kex_packet_follows and the reserved number. */
const TRAILER_BYTES = 5;
const SEMICOLON = 0x3b;

/** Places of the lists in the message, for what the client sends and for what the server sends. */
const CLIENT_LISTS = [0, 2, 4, 6] as const;
const SERVER_LISTS = [0, 3, 5, 7] as const;

/** Fills the fingerprint of a side from the message in [start, end), which begins after the message code. */
export function readHassh(
  side: SshSide,
  direction: number,
  bytes: Uint8Array,
  start: number,
  end: number,
): void {
  if (side.hassh !== null) return;
  const lists = findLists(bytes, start + COOKIE_BYTES, end);
  if (lists === null) return;
  const chosen = direction === TO_SERVER ? CLIENT_LISTS : SERVER_LISTS;
  const text = joinLists(bytes, lists, chosen);
  const md5 = new Md5();
  md5.update(text, 0, text.length);
  const digest = new Uint8Array(md5.digestLength);
  md5.digest(digest, 0);
  side.hasshString = text;
  side.hassh = latin1ToBytes(bytesToHex(digest, 0, digest.length));
}

/** Start and end of each name list in turn; null when the message is cut. */
function findLists(bytes: Uint8Array, start: number, end: number): Int32Array | null {
  const found = new Int32Array(2 * NAME_LISTS);
  let at = start;
  for (let list = 0; list < NAME_LISTS; list++) {
    if (at + 4 > end) return null;
    const length = readUint32(bytes, at);
    at += 4;
    if (length > end - at) return null;
    found[2 * list] = at;
    at += length;
    found[2 * list + 1] = at;
  }
  return at + TRAILER_BYTES > end ? null : found;
}

function joinLists(bytes: Uint8Array, lists: Int32Array, chosen: readonly number[]): Uint8Array {
  let length = chosen.length - 1;
  for (const list of chosen) length += lists[2 * list + 1]! - lists[2 * list]!;
  const joined = new Uint8Array(length);
  let at = 0;
  for (const list of chosen) {
    if (at > 0 || list !== chosen[0]) joined[at++] = SEMICOLON;
    joined.set(bytes.subarray(lists[2 * list]!, lists[2 * list + 1]!), at);
    at += lists[2 * list + 1]! - lists[2 * list]!;
  }
  return joined;
}
