/**
 * How much of each flow is settled, by the flow's place in the flow table: a row of numbers a flow, in the order in
 * which they are wanted. Rows grow with the table, 128 bytes each.
 *
 * @hotpath
 */
import type { Flow } from "../../flow/flow.ts";
import { SETTLE_BYTES, SETTLE_US } from "./metric-limits.ts";

/** What is known of a flow; bits. */
const FlowMark = { answered: 1, closed: 2 } as const;

/** Places in a row. */
const ROW = 16;
const Cell = {
  /** Serial of the flow that the row is about; 0 for none. */
  serial: 0,
  marks: 1,
  /** Calls of the parser, and transactions, whose facts are known. */
  changes: 2,
  transactions: 3,
  /** What is settled. */
  bytesToServer: 4,
  bytesToClient: 5,
  packetsToServer: 6,
  packetsToClient: 7,
  /** Rows of the flow's keys: four from here. */
  keys: 8,
} as const;

const FLOWS_LEAST = 1024;

export class FlowProgress {
  private cells = new Float64Array(0);

  /** True when the flow is a new one: nothing of it is settled. */
  open({ index, serial }: Flow): boolean {
    const base = index * ROW;
    if (base >= this.cells.length) this.grow(index + 1);
    const { cells } = this;
    const number = serial >>> 0;
    if (cells[base] === number) return false;
    cells.fill(0, base, base + ROW);
    cells[base] = number;
    cells[base + Cell.changes] = -1;
    cells.fill(-1, base + Cell.keys, base + Cell.keys + 4);
    return true;
  }

  /** The rows are those of this flow. */
  isOpen({ index, serial }: Flow): boolean {
    return this.cells[index * ROW] === serial >>> 0;
  }

  /** Something came since it was settled. */
  isPending({ index, bytesToServer, bytesToClient }: Flow): boolean {
    const base = index * ROW;
    return (
      bytesToServer > this.cells[base + Cell.bytesToServer]! ||
      bytesToClient > this.cells[base + Cell.bytesToClient]!
    );
  }

  /** One of the four counts that are settled, beside what the flow has counted. */
  settled({ index }: Flow, count: number): number {
    return this.cells[index * ROW + Cell.bytesToServer + count]!;
  }

  /** Everything that the flow has counted so far is settled; the flow says when to look again. */
  settle(flow: Flow, timeUs: number): void {
    const base = flow.index * ROW;
    const { cells } = this;
    cells[base + Cell.bytesToServer] = flow.bytesToServer;
    cells[base + Cell.bytesToClient] = flow.bytesToClient;
    cells[base + Cell.packetsToServer] = flow.packetsToServer;
    cells[base + Cell.packetsToClient] = flow.packetsToClient;
    flow.nextLookBytes = flow.bytesToServer + flow.bytesToClient + SETTLE_BYTES;
    flow.nextLookSeconds = Math.floor((timeUs + SETTLE_US) / 1e6);
  }

  /** Calls of the parser whose facts are known; noted. False when there were no more since. */
  noteChanges({ index }: Flow, changes: number): boolean {
    const at = index * ROW + Cell.changes;
    if (this.cells[at] === changes) return false;
    this.cells[at] = changes;
    return true;
  }

  /** Number of the first transaction whose facts are not known. */
  transactions({ index }: Flow): number {
    return this.cells[index * ROW + Cell.transactions]!;
  }

  setTransactions({ index }: Flow, first: number): void {
    this.cells[index * ROW + Cell.transactions] = first;
  }

  /** Row that a key of the flow (0 to 3) had, or -1. */
  keyRow({ index }: Flow, key: number): number {
    return this.cells[index * ROW + Cell.keys + key]!;
  }

  setKeyRow({ index }: Flow, key: number, row: number): void {
    this.cells[index * ROW + Cell.keys + key] = row;
  }

  isAnswered({ index }: Flow): boolean {
    return (this.cells[index * ROW + Cell.marks]! & FlowMark.answered) !== 0;
  }

  /** The server's first packet came. */
  answer({ index }: Flow): void {
    this.cells[index * ROW + Cell.marks]! |= FlowMark.answered;
  }

  /** The connection is closed; true the first time. */
  close({ index }: Flow): boolean {
    const at = index * ROW + Cell.marks;
    const isFirst = (this.cells[at]! & FlowMark.closed) === 0;
    this.cells[at]! |= FlowMark.closed;
    return isFirst;
  }

  forget({ index }: Flow): void {
    if (index * ROW < this.cells.length) this.cells[index * ROW] = 0;
  }

  clear(): void {
    this.cells.fill(0);
  }

  private grow(count: number): void {
    let size = Math.max(FLOWS_LEAST * ROW, this.cells.length);
    while (size < count * ROW) size *= 2;
    const grown = new Float64Array(size);
    grown.set(this.cells);
    this.cells = grown;
  }
}
