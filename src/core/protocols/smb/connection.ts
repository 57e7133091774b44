/**
 * What one connection remembers: trees, names of open files, reads under way, what was agreed on, and which
 * transactions still wait for something. Every table is bounded.
 */

import { BoundedMap } from "../bounded-map.ts";
import { InterfaceTable } from "../dcerpc/interface-table.ts";
import { TO_CLIENT, TO_SERVER } from "../direction.ts";
import { defaultFilePolicy, TransactionFile } from "../file.ts";
import { FileTransfer } from "../files/file-transfer.ts";
import type { ParseHost } from "../protocol.ts";
import { TransactionList } from "../transaction.ts";
import { SmbEvent } from "./events.ts";
import type { SmbOptions } from "./options.ts";
import { bytesKey, type SmbRecord } from "./smb-record.ts";
import { Smb2Command } from "./smb2-commands.ts";
import { type Agreement, type CallDetail, type SmbDetail, SmbTransaction } from "./transaction.ts";

export interface Tree {
  readonly name: Uint8Array;
  readonly isPipe: boolean;
}

export interface PendingRead {
  readonly fileId: Uint8Array;
  readonly offset: bigint;
}

/** The kinds of transactions that are looked for by the number of their message. */
export type PendingKind = "generic" | "session" | "tree";

export class SmbConnection {
  readonly transactions = new TransactionList<SmbTransaction>();
  readonly options: SmbOptions;
  readonly agreement: Agreement = {
    dialect: 0,
    dialectName: null,
    maxReadBytes: 0,
    maxWriteBytes: 0,
  };
  readonly trees: BoundedMap<Tree>;
  /** Names of open files by their id. */
  readonly names: BoundedMap<Uint8Array>;
  /** Names that creates under way ask for, by message. */
  readonly askedNames: BoundedMap<Uint8Array>;
  readonly reads: BoundedMap<PendingRead>;
  /** SMB 1: ids of files that closes and transactions under way are about, by message. */
  readonly askedFileIds: BoundedMap<Uint8Array>;
  /** Parts of answers over pipes that come in more than one message. */
  readonly pipeFragments: BoundedMap<Uint8Array>;
  /** What the last bind over a pipe asked for. */
  interfaces: InterfaceTable | null = null;
  negotiate: SmbTransaction | null = null;
  /** Said once: the flow has more open transactions than it may. */
  hasTooMany = false;
  private readonly pending: BoundedMap<SmbTransaction>;
  private readonly transfers: BoundedMap<SmbTransaction>;
  private readonly calls: BoundedMap<SmbTransaction>;
  private readonly isTruncated: [boolean, boolean] = [false, false];
  private host: ParseHost | null = null;

  constructor(options: SmbOptions) {
    this.options = options;
    this.trees = new BoundedMap(options.treesMax);
    this.names = new BoundedMap(options.namesMax);
    this.askedNames = new BoundedMap(options.namesMax);
    this.reads = new BoundedMap(options.readsMax);
    this.askedFileIds = new BoundedMap(options.namesMax);
    this.pipeFragments = new BoundedMap(options.fragmentsMax);
    this.pending = new BoundedMap(options.transactionsMax);
    this.transfers = new BoundedMap(options.transactionsMax);
    this.calls = new BoundedMap(options.transactionsMax);
  }

  /** Begins a call of the parser. */
  begin(host: ParseHost): void {
    this.host = host;
  }

  get timeUs(): number {
    return this.host?.timeUs ?? 0;
  }

  /** Opens a transaction for a message; its request is complete unless it is a transfer or a call. */
  open(record: SmbRecord, detail: SmbDetail | null, command = record.command): SmbTransaction {
    const { transactions, options } = this;
    const made = new SmbTransaction(record.version, command, detail, this.agreement);
    if (transactions.items.length > options.transactionsMax) this.closeOldest();
    transactions.add(made, this.timeUs);
    if (detail?.kind !== "file" && detail?.kind !== "call") {
      made.finishRequest();
      if (this.isTruncated[TO_CLIENT]) made.finishResponse();
    }
    return made;
  }

  /** Opens a transaction that the response of the same message will find. */
  openPending(
    kind: PendingKind,
    record: SmbRecord,
    detail: SmbDetail | null,
    command = record.command,
  ): SmbTransaction {
    const made = this.open(record, detail, command);
    made.setPlace(record);
    this.pending.set(pendingKey(kind, record, command), made);
    return made;
  }

  /** The transaction that a response belongs to. */
  find(kind: PendingKind, record: SmbRecord, command = record.command): SmbTransaction | undefined {
    return this.pending.get(pendingKey(kind, record, command));
  }

  /** The same, which waits no more. */
  take(kind: PendingKind, record: SmbRecord, command = record.command): SmbTransaction | undefined {
    return this.pending.take(pendingKey(kind, record, command));
  }

  /** An event of the newest transaction, for what belongs to none. */
  addEvent(code: number): void {
    this.transactions.last?.addEvent(code);
  }

  nameOf(fileId: Uint8Array): Uint8Array | undefined {
    return this.names.get(bytesKey(fileId));
  }

  /** The transfer of a file in a direction that is under way. */
  findTransfer(fileId: Uint8Array, direction: number): SmbTransaction | undefined {
    return this.transfers.get(transferKey(fileId, direction));
  }

  openTransfer(
    record: SmbRecord,
    command: number,
    direction: number,
    file: {
      readonly fileId: Uint8Array;
      readonly fileName: Uint8Array;
      readonly shareName: Uint8Array;
    },
  ): SmbTransaction {
    const policy = this.host?.filePolicy ?? defaultFilePolicy;
    const content = new TransactionFile(file.fileName, direction, policy);
    const transfer = new FileTransfer(content);
    const made = this.open(record, { kind: "file", ...file, transfer }, command);
    made.setPlace(record);
    made.files.push(content);
    this.transfers.set(transferKey(file.fileId, direction), made);
    return made;
  }

  forgetTransfer(fileId: Uint8Array, direction: number): void {
    this.transfers.delete(transferKey(fileId, direction));
  }

  /** Opens a call over a pipe. */
  openCall(record: SmbRecord, detail: CallDetail): SmbTransaction {
    const made = this.open(record, detail);
    made.setPlace(record);
    this.calls.set(callKey(record, detail.callId), made);
    return made;
  }

  findCall(record: SmbRecord, callId: number): SmbTransaction | undefined {
    return this.calls.get(callKey(record, callId));
  }

  forgetCall(record: SmbRecord, callId: number): void {
    this.calls.delete(callKey(record, callId));
  }

  startBind(): InterfaceTable {
    this.interfaces = new InterfaceTable();
    return this.interfaces;
  }

  /** Nothing more of a direction will be seen. */
  truncate(direction: number): void {
    if (this.isTruncated[direction]) return;
    this.isTruncated[direction] = true;
    for (const item of this.transactions.items) item.reach(direction, 1);
  }

  /**
   * Bytes of a direction were lost before the message that was read last: what was open before it is over. Files
   * can do with it; they are cut when nothing comes for a minute.
   */
  settleAfterGap(direction: number): void {
    const { items, created } = this.transactions;
    for (const item of items) {
      if (item.id === created - 1) break;
      if (item.detail?.kind === "file") this.settleTransfer(item);
      else if (direction === TO_SERVER) item.finishRequest();
      else item.finish();
    }
  }

  private settleTransfer(item: SmbTransaction): void {
    if (item.detail?.kind !== "file") return;
    if (item.staleAtUs === 0) item.staleAtUs = this.timeUs + STALE_AFTER_US;
    if (this.timeUs <= item.staleAtUs) return;
    item.detail.transfer.truncate();
    item.finish();
  }

  private closeOldest(): void {
    for (const item of this.transactions.items) {
      if (item.requestIsDone && item.toClientProgress >= 1) continue;
      item.addEvent(SmbEvent.tooManyTransactions);
      if (item.detail?.kind === "file") item.detail.transfer.truncate();
      item.finish();
      this.hasTooMany = true;
      return;
    }
  }
}

const STALE_AFTER_US = 60_000_000;

function pendingKey(kind: PendingKind, record: SmbRecord, command: number): string {
  return `${kind}/${command}/${record.messageKey}`;
}

function transferKey(fileId: Uint8Array, direction: number): string {
  return `${direction}${bytesKey(fileId)}`;
}

/** A control has its answer in the response of the same message; reads and writes are messages of their own. */
function callKey(record: SmbRecord, callId: number): string {
  const isControl = record.version === 2 && record.command === Smb2Command.control;
  const message = isControl ? record.messageId : 0n;
  return `${record.version}/${record.sessionId}/${message}/${callId}`;
}
