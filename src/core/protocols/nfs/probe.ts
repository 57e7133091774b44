/** Tells NFS by the first message of a direction, and by a message after lost data. */
import { readUint32 } from "../../bytes/endian.ts";
import { TO_SERVER } from "../direction.ts";
import { ProbeResult, yesIf } from "../protocol.ts";
import {
  isKnownAuthType,
  NFS_PROGRAM,
  RPC_VERSION,
  RpcMessage,
  readCall,
  readReply,
} from "./rpc.ts";
import { XdrReader } from "./xdr.ts";

/** Up to the kind of credentials; and what the smallest messages have. */
export const CALL_HEAD_BYTES = 28;
const CALL_MIN_BYTES = 40;
const CALL_DATAGRAM_MIN_BYTES = 48;
const REPLY_MIN_BYTES = 24;
const REPLY_DATAGRAM_MIN_BYTES = 32;
/** A server's first message is an answer to a small call. */
const FIRST_REPLY_MAX_BYTES = 35_000;
const LAST_PROCEDURE = 21;
export const MARK_BYTES = 4;
const LENGTH_MASK = 0x7fff_ffff;

/** Over UDP a message is a datagram; version 4 needs TCP. */
export function probeDatagram(
  bytes: Uint8Array,
  start: number,
  end: number,
  direction: number,
): number {
  const reader = new XdrReader(bytes, start, end);
  if (direction !== TO_SERVER) {
    const reply = end - start < REPLY_DATAGRAM_MIN_BYTES ? null : readReply(reader);
    return yesIf(reply?.hasResults === true);
  }
  const call = end - start < CALL_DATAGRAM_MIN_BYTES ? null : readCall(reader);
  return yesIf(
    call !== null && call.program === NFS_PROGRAM && (call.version === 2 || call.version === 3),
  );
}

/** Over TCP each message has a record mark before it. */
export function probeStream(
  bytes: Uint8Array,
  start: number,
  end: number,
  direction: number,
): number {
  const isCall = direction === TO_SERVER;
  const headBytes = MARK_BYTES + (isCall ? CALL_HEAD_BYTES : REPLY_MIN_BYTES);
  const at = start + MARK_BYTES;
  if (end - start >= MARK_BYTES + 8) {
    const type = readUint32(bytes, at + 4);
    if (type !== (isCall ? RpcMessage.call : RpcMessage.reply)) return ProbeResult.no;
  }
  if (end - start < headBytes) return ProbeResult.needMore;
  const length = readUint32(bytes, start) & LENGTH_MASK;
  if (isCall) return yesIf(length >= CALL_MIN_BYTES && isNfsCall(bytes, at));
  const isFitting = length >= REPLY_MIN_BYTES && length <= FIRST_REPLY_MAX_BYTES;
  return yesIf(isFitting && readUint32(bytes, at + 8) === 0);
}

/** The head of a call of NFS 3 or 4; CALL_HEAD_BYTES are there. Version 2 is not spoken over TCP. */
export function isNfsCall(bytes: Uint8Array, at: number): boolean {
  const version = readUint32(bytes, at + 16);
  return (
    readUint32(bytes, at + 4) === RpcMessage.call &&
    readUint32(bytes, at + 8) === RPC_VERSION &&
    readUint32(bytes, at + 12) === NFS_PROGRAM &&
    (version === 3 || version === 4) &&
    readUint32(bytes, at + 20) <= LAST_PROCEDURE &&
    isKnownAuthType(readUint32(bytes, at + 24))
  );
}
