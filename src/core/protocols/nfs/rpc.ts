/**
 * Headers of calls and replies of ONC RPC (RFC 5531 §9), with the credentials of UNIX (appendix A). Credentials of
 * other kinds are passed over; those of GSS (RFC 2203) tell whether the arguments are in the clear.
 */
import { readUint32 } from "../../bytes/endian.ts";
import { XdrReader } from "./xdr.ts";

export const RpcMessage = { call: 0, reply: 1 } as const;
export const RPC_VERSION = 2;
export const NFS_PROGRAM = 100_003;

/** Of credentials and verifiers (RFC 5531 §8.2). */
const AUTH_MAX_BYTES = 400;
const MACHINE_NAME_MAX_BYTES = 255;
export const AuthType = { none: 0, unix: 1, gss: 6 } as const;
const GSS_SERVICE_NONE = 1;

const authTypeNames = ["NULL", "UNIX", "SHORT", "DH", "KERB", "RSA", "GSS"];
const replyStatusNames = ["ACCEPTED", "DENIED"];

/** Who calls, as the credentials of UNIX say. */
export interface UnixCredentials {
  readonly machineName: Uint8Array;
  readonly uid: number;
  readonly gid: number;
}

export interface RpcCall {
  readonly xid: number;
  readonly program: number;
  readonly version: number;
  readonly procedure: number;
  readonly authType: number;
  readonly credentials: UnixCredentials | null;
  /** The arguments are signed or encrypted, and so are the results. */
  readonly isWrapped: boolean;
}

export interface RpcReply {
  readonly xid: number;
  /** 0: accepted, 1: denied. */
  readonly status: number;
  /** Results of the procedure follow. */
  readonly hasResults: boolean;
}

export function authTypeName(type: number): string {
  return authTypeNames[type] ?? `${type}`;
}

export function isKnownAuthType(type: number): boolean {
  return type < authTypeNames.length;
}

export function replyStatusName(status: number): string {
  return replyStatusNames[status] ?? `${status}`;
}

/** Reads the header from its start; the reader then stands at the arguments. Null: it is no call. */
export function readCall(reader: XdrReader): RpcCall | null {
  const xid = reader.uint32();
  if (reader.uint32() !== RpcMessage.call || reader.uint32() !== RPC_VERSION) return null;
  const program = reader.uint32();
  const version = reader.uint32();
  const procedure = reader.uint32();
  const authType = reader.uint32();
  const authBytes = reader.uint32();
  const authStart = reader.at;
  if (authBytes > AUTH_MAX_BYTES) return null;
  reader.skip((authBytes + 3) & ~3);
  reader.uint32();
  reader.skipOpaque(AUTH_MAX_BYTES);
  if (reader.isBroken) return null;
  const { bytes } = reader;
  const isWrapped =
    authType === AuthType.gss &&
    (authBytes < 16 || readUint32(bytes, authStart + 12) !== GSS_SERVICE_NONE);
  const credentials =
    authType === AuthType.unix
      ? readUnixCredentials(new XdrReader(bytes, authStart, authStart + authBytes))
      : null;
  return { xid, program, version, procedure, authType, credentials, isWrapped };
}

/** As in Suricata the numbers are read right behind the name, without the padding of XDR (RFC 5531 appendix A). */
function readUnixCredentials(reader: XdrReader): UnixCredentials | null {
  reader.uint32(); // an arbitrary number of the client
  const nameBytes = reader.uint32();
  if (nameBytes > MACHINE_NAME_MAX_BYTES) return null;
  const start = reader.at;
  reader.skip(nameBytes);
  const uid = reader.uint32();
  const gid = reader.uint32();
  if (reader.isBroken) return null;
  return { machineName: reader.bytes.slice(start, start + nameBytes), uid, gid };
}

/** Reads the header from its start; the reader then stands at the results. Null: it is no reply. */
export function readReply(reader: XdrReader): RpcReply | null {
  const xid = reader.uint32();
  if (reader.uint32() !== RpcMessage.reply) return null;
  const status = reader.uint32();
  if (reader.isBroken || status > 1) return null;
  if (status === 1) return { xid, status, hasResults: false };
  reader.uint32();
  reader.skipOpaque(AUTH_MAX_BYTES);
  const acceptStatus = reader.uint32();
  return reader.isBroken ? null : { xid, status, hasResults: acceptStatus === 0 };
}
