/**
 * rpc: program, version and procedure of a SunRPC call (RFC 5531) at the start of a packet's payload; over TCP
 * behind the record mark.
 */
import { readUint32 } from "../../bytes/endian.ts";
import { Check } from "../../detect/check.ts";
import type { DetectionContext } from "../../detect/detection-context.ts";
import { defineKeyword } from "../../detect/keyword.ts";
import type { OptionText, TextPiece } from "../../rule/option-text.ts";

interface RpcCall {
  readonly program: number;
  /** -1: any. */
  readonly version: number;
  readonly procedure: number;
}

const TCP = 6;
const UDP = 17;
/** Bytes up to the procedure, and of the record mark before them over TCP. */
const CALL_BYTES = 24;
const RECORD_MARK_BYTES = 4;

export const rpc = defineKeyword<RpcCall>({
  name: "rpc",
  family: "content",
  summary: "Compares program, version and procedure of a SunRPC call.",
  syntax: "rpc:PROGRAM [,VERSION|*] [,PROCEDURE|*]",
  since: "<=7.0",
  argument: "required",
  examples: [
    { options: "rpc:100000,2,3;", meaning: "GETPORT of portmapper version 2" },
    { options: "rpc:100003,*,*;", meaning: "any call of NFS" },
  ],
  parse(option) {
    option.required();
    const [program, version, procedure, ...more] = option.split();
    if (program === undefined || more.length > 0) {
      return option.failAt(option.whole, "bad-value", '"rpc" takes program, version, procedure');
    }
    return {
      program: option.integer(program, { max: 4_294_967_295, name: "program" }),
      version: numberOrAny(option, version, "version"),
      procedure: numberOrAny(option, procedure, "procedure"),
    };
  },
  compile(call, draft) {
    draft.addPacketCheck(Check.of("rpc", call, isCall));
    draft.requirePacket = true;
  },
});

function numberOrAny(option: OptionText, piece: TextPiece | undefined, name: string): number {
  if (piece === undefined || piece.text === "*") return -1;
  return option.integer(piece, { max: 4_294_967_295, name });
}

function isCall({ bytes, packet }: DetectionContext, call: RpcCall): boolean {
  let at = packet.payloadStart;
  if (packet.protocol === TCP) at += RECORD_MARK_BYTES;
  else if (packet.protocol !== UDP) return false;
  if (packet.payloadEnd - at < CALL_BYTES) return false;
  return (
    readUint32(bytes, at + 4) === 0 &&
    readUint32(bytes, at + 12) === call.program &&
    (call.version < 0 || readUint32(bytes, at + 16) === call.version) &&
    (call.procedure < 0 || readUint32(bytes, at + 20) === call.procedure)
  );
}
