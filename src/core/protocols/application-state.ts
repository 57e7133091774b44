/**
 * What is known of the application protocol of one flow: the protocol found in each direction, its parser and
 * transactions. Made for the first data of a flow; the engine drives it, detection and events read it.
 */
import type { FlowFrames } from "./frame.ts";
import type { ProtocolParser } from "./protocol.ts";
import { type RegisteredProtocol, UNKNOWN_PROTOCOL } from "./registry.ts";
import { type Transaction, TransactionList } from "./transaction.ts";

const BOTH_SIDES = 3;
const NO_TRANSACTIONS = new TransactionList();

/** A change of protocol that a parser asked for. */
export interface ProtocolChange {
  readonly name: string | null;
  readonly expected: string | null;
  readonly data: unknown;
}

/** Says whether a transaction is done with. */
export interface DoneJudge {
  isDone(registered: RegisteredProtocol, transaction: Transaction): boolean;
}

export class ApplicationState {
  /** Numbers of protocols: of the flow, and as each direction's data said; UNKNOWN or FAILED without. */
  protocol: number = UNKNOWN_PROTOCOL;
  toServerProtocol: number = UNKNOWN_PROTOCOL;
  toClientProtocol: number = UNKNOWN_PROTOCOL;
  /** Before a change of protocol; UNKNOWN without. */
  original: number = UNKNOWN_PROTOCOL;
  /** What a change of protocol promised; UNKNOWN without. */
  expected: number = UNKNOWN_PROTOCOL;
  /** Direction that spoke first; -1 before. */
  firstDirection = -1;
  /** Since a change of protocol was asked for, until the new parser had its first data. */
  isChanging = false;
  registered: RegisteredProtocol | null = null;
  parser: ProtocolParser | null = null;
  /** No more data goes to the parser. */
  isOver = false;
  /** What an expectation carried for the parser. */
  expectationData: unknown;
  /** Files so far; their `id`. */
  fileCount = 0;
  /** Rules asked to store all files to come of these directions (bits 1 to server, 2 to client). */
  storedSides = 0;
  /** Directions (bits as of `storedSides`) whose data was looked at to the end of what may tell. */
  detectedSides = 0;
  /** Directions for which `end` was called. */
  private endedSides = 0;
  /** Calls of the parser, and up to which of them rules have looked; by direction. */
  private toServerChanges = 0;
  private toClientChanges = 0;
  private inspectedToServer = 0;
  private inspectedToClient = 0;
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
    this.protocol = this.toServerProtocol = this.toClientProtocol = kind;
  }

  /** What the data of a direction said. */
  protocolOf(direction: number): number {
    return direction === 0 ? this.toServerProtocol : this.toClientProtocol;
  }

  setProtocolOf(direction: number, protocol: number): void {
    if (direction === 0) this.toServerProtocol = protocol;
    else this.toClientProtocol = protocol;
  }

  isDetected(direction: number): boolean {
    return (this.detectedSides & (1 << direction)) !== 0;
  }

  setDetected(direction: number, isDetected = true): void {
    if (isDetected) this.detectedSides |= 1 << direction;
    else this.detectedSides &= ~(1 << direction);
  }

  hasEnded(direction: number): boolean {
    return (this.endedSides & (1 << direction)) !== 0;
  }

  get hasEndedBoth(): boolean {
    return this.endedSides === BOTH_SIDES;
  }

  noteEnd(direction: number): void {
    this.endedSides |= 1 << direction;
  }

  /** Something changed that rules of a direction look at. */
  noteChange(direction: number): void {
    if (direction === 0) this.toServerChanges++;
    else this.toClientChanges++;
  }

  /** The same of both: datagrams, ends. */
  noteChanges(): void {
    this.toServerChanges++;
    this.toClientChanges++;
  }

  /** Changes of both directions. */
  get changeCount(): number {
    return this.toServerChanges + this.toClientChanges;
  }

  /** Rules have looked at all that changed in a direction. */
  isInspected(direction: number): boolean {
    return direction === 0
      ? this.inspectedToServer === this.toServerChanges
      : this.inspectedToClient === this.toClientChanges;
  }

  noteInspection(direction: number): void {
    if (direction === 0) this.inspectedToServer = this.toServerChanges;
    else this.inspectedToClient = this.toClientChanges;
  }

  /** Takes transactions that everybody is done with off the list. */
  removeDone(judge: DoneJudge, registered: RegisteredProtocol): void {
    const list = this.transactionList;
    const { items } = list;
    let kept = 0;
    for (let i = 0; i < items.length; i++) {
      const item = items[i]!;
      if (judge.isDone(registered, item)) item.release();
      else items[kept++] = item;
    }
    list.cut(kept);
  }

  /** The flow was found to run the other way. */
  swapSides(): void {
    const { toServerProtocol } = this;
    this.toServerProtocol = this.toClientProtocol;
    this.toClientProtocol = toServerProtocol;
    this.detectedSides = ((this.detectedSides & 1) << 1) | (this.detectedSides >> 1);
  }

  /** What follows a change of protocol is looked at as if the flow began there. */
  beginAgain(expectationData: unknown): void {
    this.release();
    this.expectationData = expectationData;
    this.protocol = this.toServerProtocol = this.toClientProtocol = UNKNOWN_PROTOCOL;
    this.detectedSides = this.endedSides = 0;
    // The new protocol may begin with transactions that both sides look at (a request that was upgraded).
    this.noteChanges();
  }

  release(): void {
    const { items } = this.transactionList;
    for (let i = 0; i < items.length; i++) items[i]!.release();
    this.parser = null;
    this.frames = null;
    this.registered = null;
    this.transactionList = NO_TRANSACTIONS;
  }
}
