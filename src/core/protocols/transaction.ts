/**
 * One exchange of an application protocol (a request and its response): what parsers fill and detection and
 * event records read. Progress is counted for each direction in the protocol's own states; it only grows.
 */
import type { TransactionFile } from "./file.ts";

/** Events that one transaction may carry; more are ignored. */
export const TRANSACTION_EVENTS_MAX = 32;

const NO_EVENTS: readonly number[] = [];

/** What detection keeps with a transaction; it fills the slot itself. */
export interface TransactionDetection {
  readonly kind: "transaction detection";
}

export abstract class Transaction {
  /** Number in the flow, from 0. */
  id = 0;
  /** Index of the state reached, by direction. */
  toServerProgress = 0;
  toClientProgress = 0;
  /** Numbers of the protocol's events (places in its `events` list), in the order of their coming. */
  events: readonly number[] = NO_EVENTS;
  /** Files that it carried, in the order of their beginning. */
  readonly files: TransactionFile[] = [];
  /** Packet time of its begin, microseconds. */
  startUs = 0;
  /** Rules asked to store all files of these directions (bits 1 to server, 2 to client). */
  storedSides = 0;
  /** Files of these directions are to be followed to their end, beyond the limits of inspection (same bits). */
  wholeFiles = 0;

  // Kept by the frame.
  detection: TransactionDetection | null = null;
  /** Directions whose inspection is over: bits 1 to server, 2 to client. */
  inspected = 0;
  /** Records written: bit n is the protocol's record n. */
  logged = 0;
  /** How many of `events` went into anomaly events. */
  eventsLogged = 0;
  /** The parser expects nothing more for it, whatever the progress says (the flow ended, an error). */
  isOver = false;

  /** Rules of a direction have seen it: bodies and files let go of what need not be looked at again. */
  afterInspection(direction: number): void {
    for (const file of this.files) {
      if (file.direction === direction) file.afterInspection();
    }
  }

  /** Everybody is done with it: its contents go. */
  release(): void {
    for (let i = 0; i < this.files.length; i++) this.files[i]!.release();
  }

  /** Notes an event of the protocol, once. */
  addEvent(code: number): void {
    const { events } = this;
    if (events.length >= TRANSACTION_EVENTS_MAX || events.includes(code)) return;
    this.events = [...events, code];
  }

  /** Of both directions: to server, to client. */
  get progress(): readonly [number, number] {
    return [this.toServerProgress, this.toClientProgress];
  }

  progressOf(direction: number): number {
    return direction === 0 ? this.toServerProgress : this.toClientProgress;
  }

  /** Raises the progress of a direction; never lowers it. */
  reach(direction: number, state: number): void {
    if (state <= this.progressOf(direction)) return;
    if (direction === 0) this.toServerProgress = state;
    else this.toClientProgress = state;
  }
}

const NO_ITEMS: never[] = [];

/**
 * The transactions of a flow that are not done with, oldest first. Parsers add; the frame takes away those that
 * were inspected and logged.
 */
export class TransactionList<Tx extends Transaction = Transaction> {
  items: Tx[] = NO_ITEMS;
  /** Transactions so far, finished ones included; the next one's id. */
  created = 0;
  /** Something changed since the frame looked last. */
  isChanged = false;

  add(transaction: Tx, timeUs: number): Tx {
    transaction.id = this.created++;
    transaction.startUs = timeUs;
    // Most flows have one transaction at a time: a literal is smaller than what `push` makes room for.
    if (this.items.length === 0) this.items = [transaction];
    else this.items.push(transaction);
    this.isChanged = true;
    return transaction;
  }

  /** Leaves the first so many. */
  cut(count: number): void {
    if (count === 0) this.items = NO_ITEMS;
    else this.items.length = count;
  }

  get last(): Tx | null {
    return this.items.length === 0 ? null : this.items[this.items.length - 1]!;
  }

  /** The transaction by its number; null when it is gone. */
  byId(id: number): Tx | null {
    for (const item of this.items) if (item.id === id) return item;
    return null;
  }
}
