/** Parses the calls of a flow: connections begin with version 5, datagrams with version 4. */
import type { ParseHost, ProtocolParser } from "../protocol.ts";
import { TransactionList } from "../transaction.ts";
import { DatagramParser } from "./datagram-parser.ts";
import { StreamParser } from "./stream-parser.ts";
import type { DcerpcTransaction } from "./transaction.ts";

const DATAGRAM_VERSION = 4;

export class DcerpcParser implements ProtocolParser {
  readonly transactions = new TransactionList<DcerpcTransaction>();
  private stream: StreamParser | null = null;
  private datagrams: DatagramParser | null = null;

  parse(direction: number, bytes: Uint8Array, start: number, end: number, host: ParseHost): number {
    if (this.stream === null && this.datagrams === null) {
      if (bytes[start] === DATAGRAM_VERSION) this.datagrams = new DatagramParser(this.transactions);
      else this.stream = new StreamParser(this.transactions);
    }
    if (this.stream !== null) return this.stream.parse(direction, bytes, start, end, host);
    return this.datagrams?.parse(direction, bytes, start, end, host) ?? end - start;
  }

  gap(direction: number): boolean {
    this.stream?.gap(direction);
    return true;
  }

  truncate(direction: number): void {
    this.stream?.truncate(direction);
  }
}
