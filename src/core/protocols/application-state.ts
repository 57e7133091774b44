/**
 * What is known of the application protocol of one flow: the protocol found in each direction, its parser and
 * transactions. Made for the first data of a flow; the engine drives it, detection and events read it.
 */
import type { FlowFrames } from "./frame.ts";
import type { ProtocolParser } from "./protocol.ts";
import { type RegisteredProtocol, UNKNOWN_PROTOCOL } from "./registry.ts";
import { type Transaction, TransactionList } from "./transaction.ts";

const NO_TRANSACTIONS = new TransactionList();

/** A change of protocol that a parser asked for. */
export interface ProtocolChange {
  readonly name: string | null;
  readonly expected: string | null;
  readonly data: unknown;
}

export class ApplicationState {
  /** Numbers of protocols: of the flow, and as each direction's data said; UNKNOWN or FAILED without. */
  protocol: number = UNKNOWN_PROTOCOL;
  readonly bySide: [number, number] = [UNKNOWN_PROTOCOL, UNKNOWN_PROTOCOL];
  /** Before a change of protocol; UNKNOWN without. */
  original: number = UNKNOWN_PROTOCOL;
  /** What a change of protocol promised; UNKNOWN without. */
  expected: number = UNKNOWN_PROTOCOL;
  /** The direction's data was looked at to the end of what may tell. */
  readonly isDetected: [boolean, boolean] = [false, false];
  /** Direction that spoke first; -1 before. */
  firstDirection = -1;
  /** Since a change of protocol was asked for, until the new parser had its first data. */
  isChanging = false;
  registered: RegisteredProtocol | null = null;
  parser: ProtocolParser | null = null;
  /** No more data goes to the parser. */
  isOver = false;
  /** `end` was called, by direction. */
  readonly hasEnded: [boolean, boolean] = [false, false];
  /** Calls of the parser, and up to which of them rules have looked; by direction. */
  readonly changes: [number, number] = [0, 0];
  readonly inspectedChange: [number, number] = [0, 0];
  /** What an expectation carried for the parser. */
  expectationData: unknown;
  /** Files so far; their `id`. */
  fileCount = 0;
  /** Rules asked to store all files to come of these directions (bits 1 to server, 2 to client). */
  storedSides = 0;
  /** A rule asked that no more transactions are logged. */
  isLoggingOff = false;
  /** Null while nobody asked for a frame of the flow. */
  frames: FlowFrames | null = null;
  /** Transactions of a protocol before a change, until they are logged. */
  private transactionList: TransactionList = NO_TRANSACTIONS;

  get transactions(): readonly Transaction[] {
    return this.transactionList.items;
  }

  get transactionsCreated(): number {
    return this.transactionList.created;
  }

  start(registered: RegisteredProtocol, parser: ProtocolParser | null): void {
    this.registered = registered;
    this.parser = parser;
    this.transactionList = parser?.transactions ?? NO_TRANSACTIONS;
  }

  /** The flow turned out to be of a kind of its protocol. */
  specialise(kind: number): void {
    if (kind === this.protocol) return;
    this.original = this.protocol;
    this.protocol = kind;
    this.bySide.fill(kind);
  }

  /** Something changed that rules of a direction look at. */
  noteChange(direction: number): void {
    this.changes[direction]!++;
  }

  /** The same of both: datagrams, ends. */
  noteChanges(): void {
    this.changes[0]++;
    this.changes[1]++;
  }

  /** Takes transactions that everybody is done with off the list. */
  removeDone(isDone: (transaction: Transaction) => boolean): void {
    const { items } = this.transactionList;
    let kept = 0;
    for (let i = 0; i < items.length; i++) {
      const item = items[i]!;
      if (!isDone(item)) items[kept++] = item;
    }
    items.length = kept;
  }

  /** The flow was found to run the other way. */
  swapSides(): void {
    this.bySide.reverse();
    this.isDetected.reverse();
  }

  /** What follows a change of protocol is looked at as if the flow began there. */
  beginAgain(expectationData: unknown): void {
    this.release();
    this.expectationData = expectationData;
    this.protocol = UNKNOWN_PROTOCOL;
    this.bySide.fill(UNKNOWN_PROTOCOL);
    this.isDetected.fill(false);
    this.hasEnded.fill(false);
    // The new protocol may begin with transactions that both sides look at (a request that was upgraded).
    this.noteChanges();
  }

  release(): void {
    this.parser = null;
    this.frames = null;
    this.registered = null;
    this.transactionList = NO_TRANSACTIONS;
  }
}
