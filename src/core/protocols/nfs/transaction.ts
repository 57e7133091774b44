/**
 * One exchange of NFS: a call and its reply, or a file that is read or written by many. What a file's transaction
 * says of its call is that of the first.
 */
import { TO_SERVER } from "../direction.ts";
import type { FileTransfer } from "../files/file-transfer.ts";
import { Transaction } from "../transaction.ts";
import type { RpcCall } from "./rpc.ts";

export const NfsState = { started: 0, complete: 1 } as const;
const NOTHING: Uint8Array = new Uint8Array(0);

/** A file under way. */
export class FileProgress {
  /** Of the data: reads go to the client, writes to the server. */
  readonly direction: number;
  /** Null before the first piece. */
  transfer: FileTransfer | null = null;
  /** Reads that had data; writes after the first, and commits. */
  pieces = 0;
  isLast = false;
  lastXid = 0;
  hasCommit = false;
  /** Size of the file when its last piece told it; -1 before. */
  endBytes = -1;

  constructor(direction: number) {
    this.direction = direction;
  }
}

export class NfsTransaction extends Transaction {
  readonly call: RpcCall;
  /** Null: a single exchange. */
  readonly file: FileProgress | null;
  /** Of the file or folder that the call is about, as far as it is known. */
  name: Uint8Array = NOTHING;
  handle: Uint8Array = NOTHING;
  /** What a rename asks for; null for other calls. */
  newName: Uint8Array | null = null;
  /** Its messages are datagrams, one of which may be lost. */
  isDatagram = false;
  rpcStatus = 0;
  nfsStatus = 0;

  constructor(call: RpcCall, file: FileProgress | null) {
    super();
    this.call = call;
    this.file = file;
  }

  get isComplete(): boolean {
    return this.toServerProgress + this.toClientProgress === 2 * NfsState.complete;
  }

  finish(): void {
    this.reach(TO_SERVER, NfsState.complete);
    this.reach(1 - TO_SERVER, NfsState.complete);
  }
}
