/** Connectionless DCE/RPC (C706 §12.5): one PDU a datagram, put together by activity and sequence number. */
import { readUint16, readUint16Le, readUint32, readUint32Le } from "../../bytes/endian.ts";
import { TO_CLIENT, TO_SERVER } from "../direction.ts";
import { PARSE_FAILED, type ParseHost } from "../protocol.ts";
import type { TransactionList } from "../transaction.ts";
import { tellPdu } from "./frames.ts";
import { PduType, readUuid } from "./pdu.ts";
import { OPEN_CALLS_MAX } from "./stream-parser.ts";
import { DcerpcTransaction } from "./transaction.ts";

export const DATAGRAM_HEADER_BYTES = 80;

const FLAG_LAST_FRAGMENT = 2;
const FLAG_FRAGMENT = 4;

export class DatagramParser {
  private readonly transactions: TransactionList<DcerpcTransaction>;

  constructor(transactions: TransactionList<DcerpcTransaction>) {
    this.transactions = transactions;
  }

  parse(
    flowDirection: number,
    bytes: Uint8Array,
    start: number,
    end: number,
    host: ParseHost,
  ): number {
    if (end - start < DATAGRAM_HEADER_BYTES || bytes[start] !== 4) return PARSE_FAILED;
    const type = bytes[start + 1]!;
    if (type !== PduType.request && type !== PduType.response) return PARSE_FAILED;
    const isLittleEndian = (bytes[start + 4]! & 0x10) !== 0;
    const read16 = isLittleEndian ? readUint16Le : readUint16;
    const bodyStart = start + DATAGRAM_HEADER_BYTES;
    const bodyEnd = bodyStart + read16(bytes, start + 74);
    if (bodyEnd > end) return PARSE_FAILED;
    tellPdu(host, flowDirection, start, DATAGRAM_HEADER_BYTES, bodyEnd - bodyStart);
    const read32 = isLittleEndian ? readUint32Le : readUint32;
    const activity = readUuid(bytes, start + 40, isLittleEndian);
    const sequenceNumber = read32(bytes, start + 64);
    const direction = type === PduType.request ? TO_SERVER : TO_CLIENT;
    const transaction =
      this.find(activity, sequenceNumber, direction) ??
      this.open(new DcerpcTransaction(0, null, isLittleEndian, { activity, sequenceNumber }), host);
    if (type === PduType.request) {
      transaction.hasRequest = true;
      transaction.operation = read16(bytes, start + 68);
    }
    transaction.stubs[direction].addFragment(bytes, bodyStart, bodyEnd);
    const flags = bytes[start + 2]!;
    if ((flags & FLAG_FRAGMENT) === 0 || (flags & FLAG_LAST_FRAGMENT) !== 0) {
      transaction.reach(direction, 1);
    }
    return end - start;
  }

  private find(
    activity: Uint8Array,
    sequenceNumber: number,
    direction: number,
  ): DcerpcTransaction | null {
    const { items } = this.transactions;
    // Answers are mostly to late calls. Bounded by OPEN_CALLS_MAX.
    for (let i = items.length - 1; i >= 0; i--) {
      const item = items[i]!;
      const { datagram } = item;
      if (datagram === null || datagram.sequenceNumber !== sequenceNumber) continue;
      if (!item.isDone(direction) && same(datagram.activity, activity)) return item;
    }
    return null;
  }

  private open(transaction: DcerpcTransaction, host: ParseHost): DcerpcTransaction {
    const { items } = this.transactions;
    if (items.length >= OPEN_CALLS_MAX) closeOldest(items);
    return this.transactions.add(transaction, host.timeUs);
  }
}

function closeOldest(items: readonly DcerpcTransaction[]): void {
  for (const item of items) {
    if (item.isDone(TO_SERVER) && item.isDone(TO_CLIENT)) continue;
    item.reach(TO_SERVER, 1);
    item.reach(TO_CLIENT, 1);
    return;
  }
}

function same(a: Uint8Array, b: Uint8Array): boolean {
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}
