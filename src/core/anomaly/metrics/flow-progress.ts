/**
 * How much of each flow is settled, by the flow's place in the flow table. Columns grow with the table.
 *
 * @hotpath
 */
import type { Flow } from "../../flow/flow.ts";
import { SETTLE_BYTES, SETTLE_US } from "./metric-limits.ts";

/** What is known of a flow; bits. */
const FlowMark = { answered: 1, closed: 2 } as const;

export class FlowProgress {
  /** Serial of the flow that the columns are about; 0 for none. */
  serial = new Uint32Array(0);
  /** When to settle next. */
  nextBytes = new Float64Array(0);
  nextUs = new Float64Array(0);
  bytesToServer = new Float64Array(0);
  bytesToClient = new Float64Array(0);
  packetsToServer = new Float64Array(0);
  packetsToClient = new Float64Array(0);
  /** Calls of the parser, and transactions, whose facts are known. */
  changes = new Int32Array(0);
  transactions = new Uint32Array(0);
  marks = new Uint8Array(0);

  /** True when the flow is a new one: nothing of it is settled. */
  open(flow: Flow): boolean {
    const { index } = flow;
    if (index >= this.serial.length) this.grow(index + 1);
    if (this.serial[index] === flow.serial >>> 0) return false;
    this.serial[index] = flow.serial;
    this.nextBytes[index] = this.nextUs[index] = 0;
    this.bytesToServer[index] = this.bytesToClient[index] = 0;
    this.packetsToServer[index] = this.packetsToClient[index] = 0;
    this.changes[index] = -1;
    this.transactions[index] = this.marks[index] = 0;
    return true;
  }

  /** Everything that the flow has counted so far is settled. */
  settle(flow: Flow, timeUs: number): void {
    const { index } = flow;
    this.bytesToServer[index] = flow.bytesToServer;
    this.bytesToClient[index] = flow.bytesToClient;
    this.packetsToServer[index] = flow.packetsToServer;
    this.packetsToClient[index] = flow.packetsToClient;
    this.nextBytes[index] = flow.bytesToServer + flow.bytesToClient + SETTLE_BYTES;
    this.nextUs[index] = timeUs + SETTLE_US;
  }

  isAnswered({ index }: Flow): boolean {
    return (this.marks[index]! & FlowMark.answered) !== 0;
  }

  /** The server's first packet came. */
  answer({ index }: Flow): void {
    this.marks[index]! |= FlowMark.answered;
  }

  /** The connection is closed; true the first time. */
  close({ index }: Flow): boolean {
    const isFirst = (this.marks[index]! & FlowMark.closed) === 0;
    this.marks[index]! |= FlowMark.closed;
    return isFirst;
  }

  forget(flow: Flow): void {
    if (flow.index < this.serial.length) this.serial[flow.index] = 0;
  }

  clear(): void {
    this.serial.fill(0);
  }

  private grow(count: number): void {
    let size = Math.max(1024, this.serial.length);
    while (size < count) size *= 2;
    this.serial = grown(this.serial, new Uint32Array(size));
    this.nextBytes = grown(this.nextBytes, new Float64Array(size));
    this.nextUs = grown(this.nextUs, new Float64Array(size));
    this.bytesToServer = grown(this.bytesToServer, new Float64Array(size));
    this.bytesToClient = grown(this.bytesToClient, new Float64Array(size));
    this.packetsToServer = grown(this.packetsToServer, new Float64Array(size));
    this.packetsToClient = grown(this.packetsToClient, new Float64Array(size));
    this.changes = grown(this.changes, new Int32Array(size));
    this.transactions = grown(this.transactions, new Uint32Array(size));
    this.marks = grown(this.marks, new Uint8Array(size));
  }
}

function grown<Column extends { set(from: Column): void }>(from: Column, to: Column): Column {
  to.set(from);
  return to;
}
