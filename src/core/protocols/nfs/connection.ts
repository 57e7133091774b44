/**
 * What one flow remembers: names of file handles, calls that wait for their reply, files under way. Every table is
 * bounded; what the limits cut is counted by events or seen as a file that is cut.
 */
import { bytesToLatin1 } from "../../bytes/latin1.ts";
import { BoundedMap } from "../bounded-map.ts";
import { TO_CLIENT, TO_SERVER } from "../direction.ts";
import { defaultFilePolicy, FileState, TransactionFile } from "../file.ts";
import { FileTransfer, type RefusalEvents } from "../files/file-transfer.ts";
import type { ParseHost } from "../protocol.ts";
import { TransactionList } from "../transaction.ts";
import { NfsEvent } from "./events.ts";
import type { NfsOptions } from "./options.ts";
import type { RpcCall } from "./rpc.ts";
import { FileProgress, NfsState, NfsTransaction } from "./transaction.ts";

/** Pieces that the limits refuse are left out without an event: Suricata has none for it. */
const refusals: RefusalEvents = { size: 0, count: 0 };

/** A call that waits for its reply. */
export interface PendingCall {
  readonly call: RpcCall;
  /** Null for reads, writes and commits: their transaction is the file's. */
  readonly transaction: NfsTransaction | null;
  readonly handle: Uint8Array;
  readonly name: Uint8Array;
  /** Of a read, in the file. */
  readonly offset: number;
}

export class NfsConnection {
  readonly transactions = new TransactionList<NfsTransaction>();
  readonly options: NfsOptions;
  readonly pending: BoundedMap<PendingCall>;
  private readonly names: BoundedMap<Uint8Array>;
  private readonly openFiles: BoundedMap<NfsTransaction>;
  /** Transactions before this place are done with, in this call of the parser. */
  private doneUntil = 0;
  private host: ParseHost | null = null;

  constructor(options: NfsOptions) {
    this.options = options;
    this.pending = new BoundedMap(options.transactionsMax);
    this.names = new BoundedMap(options.namesMax);
    this.openFiles = new BoundedMap(options.openFilesMax);
  }

  /** Begins a call of the parser. */
  begin(host: ParseHost): void {
    this.host = host;
    this.doneUntil = 0;
  }

  /** An event of the newest transaction, for what belongs to none. */
  addEvent(code: number): void {
    this.transactions.last?.addEvent(code);
    this.transactions.isChanged = true;
  }

  setPending(pending: PendingCall): void {
    this.pending.set(`${pending.call.xid}`, pending);
  }

  nameOf(handle: Uint8Array): Uint8Array | undefined {
    return this.names.get(keyOf(handle));
  }

  learnName(handle: Uint8Array, name: Uint8Array): void {
    if (handle.length > 0) this.names.set(keyOf(handle), name);
  }

  open(call: RpcCall, file: FileProgress | null): NfsTransaction {
    const { transactions, options } = this;
    const made = new NfsTransaction(call, file);
    made.isDatagram = this.host?.isStream === false;
    if (transactions.items.length >= options.transactionsMax) this.endOldest();
    return transactions.add(made, this.host?.timeUs ?? 0);
  }

  /** The transaction of a file that goes in a direction; a new one when none is under way. */
  openFile(call: RpcCall, handle: Uint8Array, name: Uint8Array, direction: number): NfsTransaction {
    const key = fileKey(handle, direction);
    const known = this.openFiles.get(key);
    if (known !== undefined) return known;
    if (this.openFiles.size >= this.options.openFilesMax) this.cutOldestFile();
    const made = this.open(call, new FileProgress(direction));
    made.name = name;
    made.handle = handle;
    this.openFiles.set(key, made);
    return made;
  }

  findFile(handle: Uint8Array, direction: number): NfsTransaction | undefined {
    return this.openFiles.get(fileKey(handle, direction));
  }

  /**
   * A piece of a file begins. Returns how many of its bytes are there already (sent again, or overlapping); all of
   * them when there is no room for it.
   */
  beginPiece(transaction: NfsTransaction, offset: number, sizeBytes: number): number {
    const { file } = transaction;
    if (file === null) return sizeBytes;
    file.transfer ??= this.startFile(transaction, file);
    const { transfer } = file;
    const known = Math.min(Math.max(transfer.reachedBytes - offset, 0), sizeBytes);
    if (known === sizeBytes) return sizeBytes;
    const missing = sizeBytes - known;
    const waits = offset > transfer.reachedBytes;
    if (waits && this.waitingBytes() + missing > this.options.waitingMaxBytes) return sizeBytes;
    const refusal = transfer.begin(offset + known, missing, this.options.queue, refusals);
    return refusal < 0 ? known : sizeBytes;
  }

  /** A piece came to its end: the file may be whole. */
  endPiece(transaction: NfsTransaction): void {
    this.transactions.isChanged = true;
    const { file } = transaction;
    if (file === null || file.transfer === null) return;
    if (file.endBytes >= 0 && file.transfer.reachedBytes >= file.endBytes) {
      this.closeFile(transaction, file);
    }
  }

  /** Nothing more comes for a file; holes in it make it a cut one. */
  closeFile(transaction: NfsTransaction, file: FileProgress): void {
    file.transfer?.close();
    file.isLast = true;
    this.openFiles.delete(fileKey(transaction.handle, file.direction));
    // The reply to the last write is no sign that there will be no other: as in Suricata the flow's end is.
    transaction.reach(TO_SERVER, NfsState.complete);
    if (file.direction === TO_CLIENT) transaction.finish();
    this.transactions.isChanged = true;
  }

  /** Nothing more of a direction will be seen: its files are cut. */
  truncate(direction: number): void {
    for (const { file } of this.transactions.items) {
      if (file?.direction === direction) file.transfer?.truncate();
    }
    this.transactions.isChanged = true;
  }

  /** Bytes of a direction were lost before the message that comes now: single exchanges are over, files go on. */
  settleAfterGap(direction: number): void {
    for (const item of this.transactions.items) {
      if (item.file !== null) continue;
      item.reach(TO_SERVER, NfsState.complete);
      if (direction === TO_CLIENT) item.finish();
    }
    this.transactions.isChanged = true;
  }

  private startFile(transaction: NfsTransaction, file: FileProgress): FileTransfer {
    const policy = this.host?.filePolicy ?? defaultFilePolicy;
    const content = new TransactionFile(transaction.name, file.direction, policy);
    transaction.files.push(content);
    return new FileTransfer(content);
  }

  private waitingBytes(): number {
    let sum = 0;
    for (const { file } of this.openFiles.values()) sum += file?.transfer?.queuedBytes ?? 0;
    return sum;
  }

  private cutOldestFile(): void {
    for (const oldest of this.openFiles.values()) {
      this.cutFile(oldest);
      return;
    }
  }

  private endOldest(): void {
    const { items } = this.transactions;
    while (this.doneUntil < items.length) {
      const item = items[this.doneUntil++]!;
      if (item.isComplete) continue;
      item.addEvent(NfsEvent.tooManyTransactions);
      this.cutFile(item);
      return;
    }
  }

  private cutFile(transaction: NfsTransaction): void {
    const { file, handle } = transaction;
    if (file !== null) {
      if (file.transfer?.file.state === FileState.open) file.transfer.truncate();
      const key = fileKey(handle, file.direction);
      if (this.openFiles.get(key) === transaction) this.openFiles.delete(key);
    }
    transaction.finish();
  }
}

function keyOf(handle: Uint8Array): string {
  return bytesToLatin1(handle, 0, handle.length);
}

function fileKey(handle: Uint8Array, direction: number): string {
  return `${direction}${keyOf(handle)}`;
}
