/**
 * Connection-oriented DCE/RPC (C706 §12.6): whole PDUs off the stream, fragments of a call put together by its
 * number. After a gap it looks for the next header.
 */
import { TO_CLIENT, TO_SERVER } from "../direction.ts";
import { PARSE_FAILED, type ParseHost } from "../protocol.ts";
import type { TransactionList } from "../transaction.ts";
import { tellPdu } from "./frames.ts";
import { InterfaceTable } from "./interface-table.ts";
import { answerOf, PDU_HEADER_BYTES, PDU_TYPE_MAX, PduFlag, PduHeader, PduType } from "./pdu.ts";
import { DcerpcTransaction } from "./transaction.ts";

/** Calls of a flow without an answer (Suricata's stock `max-tx`); the oldest is closed beyond it. */
export const OPEN_CALLS_MAX = 1024;

const REQUEST_BYTES = 8;

export class StreamParser {
  private readonly transactions: TransactionList<DcerpcTransaction>;
  private readonly interfaces = new InterfaceTable();
  private readonly header = new PduHeader();
  /** The next header has to be looked for, by direction. */
  private readonly isLost: [boolean, boolean] = [false, false];
  private readonly hadGap: [boolean, boolean] = [false, false];
  private readonly isTruncated: [boolean, boolean] = [false, false];

  constructor(transactions: TransactionList<DcerpcTransaction>) {
    this.transactions = transactions;
  }

  parse(direction: number, bytes: Uint8Array, start: number, end: number, host: ParseHost): number {
    const { header } = this;
    let at = this.isLost[direction] ? this.resume(direction, bytes, start, end) : start;
    while (end - at >= PDU_HEADER_BYTES && !this.isLost[direction]) {
      if (!header.read(bytes, at)) return PARSE_FAILED;
      if (header.fragmentBytes < PDU_HEADER_BYTES) return PARSE_FAILED;
      if (end - at < header.fragmentBytes) break;
      tellPdu(host, direction, at, PDU_HEADER_BYTES, header.fragmentBytes - PDU_HEADER_BYTES);
      if (!this.take(bytes, at, at + header.fragmentBytes, host)) return PARSE_FAILED;
      at += header.fragmentBytes;
      if (this.hadGap[direction]) this.closeLost(direction);
      host.triggerRaw(direction);
    }
    return at - start;
  }

  gap(direction: number): void {
    this.isLost[direction] = this.hadGap[direction] = true;
  }

  /** Nothing more of a direction comes, for it is too long. */
  truncate(direction: number): void {
    if (this.isTruncated[direction]) return;
    this.isTruncated[direction] = true;
    for (const item of this.transactions.items) item.lose(direction);
  }

  /** Finds a header after lost bytes; what is skipped is done with. */
  private resume(direction: number, bytes: Uint8Array, start: number, end: number): number {
    let at = start;
    while (end - at >= 2 && !(bytes[at] === 5 && bytes[at + 1] === 0)) at++;
    if (end - at >= 2) this.isLost[direction] = false;
    return at;
  }

  /** Takes the PDU [start, end) that `header` describes. False: it makes no sense. */
  private take(bytes: Uint8Array, start: number, end: number, host: ParseHost): boolean {
    const { header, interfaces } = this;
    const body = start + PDU_HEADER_BYTES;
    switch (header.type) {
      case PduType.bind:
      case PduType.alterContext: {
        if (!interfaces.readBind(header, bytes, body, end)) return false;
        const transaction = this.open(host);
        transaction.requestType = header.type;
        transaction.requestStub.fragmentCount = 1;
        transaction.reach(TO_SERVER, 1);
        return true;
      }
      case PduType.bindAck:
      case PduType.alterContextResponse: {
        if (!interfaces.readAcknowledgement(header, bytes, body, end, start)) return false;
        const transaction = this.answered() ?? this.open(host);
        transaction.responseType = header.type;
        transaction.responseStub.fragmentCount = 1;
        transaction.reach(TO_CLIENT, 1);
        return true;
      }
      case PduType.request:
        return this.takeRequest(bytes, body, end, host);
      case PduType.response:
        return this.takeResponse(bytes, body, end, host);
      case PduType.fault:
      case PduType.bindNak:
        return this.takeRefusal();
      default:
        return header.type <= PDU_TYPE_MAX;
    }
  }

  private takeRequest(bytes: Uint8Array, body: number, end: number, host: ParseHost): boolean {
    const { header } = this;
    if (end - body < REQUEST_BYTES) return false;
    const transaction = this.asked() ?? this.open(host);
    transaction.requestType = header.type;
    transaction.hasRequest = true;
    transaction.contextId = header.uint16(bytes, body + 4);
    transaction.operation = header.uint16(bytes, body + 6);
    // As in Suricata the object's UUID, where there is one, counts as stub.
    transaction.requestStub.addFragment(bytes, body + REQUEST_BYTES, end);
    if (header.has(PduFlag.lastFragment)) transaction.reach(TO_SERVER, 1);
    return true;
  }

  private takeResponse(bytes: Uint8Array, body: number, end: number, host: ParseHost): boolean {
    const { header } = this;
    const transaction = this.answered() ?? this.open(host);
    transaction.responseType = header.type;
    // As in Suricata the stub of a response begins with the eight bytes of its own header.
    transaction.responseStub.addFragment(bytes, body, end);
    if (header.has(PduFlag.lastFragment)) transaction.reach(TO_CLIENT, 1);
    return true;
  }

  /** The server refuses what was asked. */
  private takeRefusal(): boolean {
    const { header } = this;
    const isBind = header.type === PduType.bindNak;
    const refused = this.find(
      (item) => !item.isDone(TO_CLIENT) && (item.requestType === PduType.request) !== isBind,
    );
    if (refused !== null) {
      refused.responseType = header.type;
      refused.reach(TO_CLIENT, 1);
    }
    return true;
  }

  /** The open call that a further fragment of a request belongs to. */
  private asked(): DcerpcTransaction | null {
    const { header } = this;
    const answer = answerOf(header.type);
    return this.find((item) => item.responseType === answer && !item.isDone(TO_SERVER));
  }

  /** The open call that a response answers. */
  private answered(): DcerpcTransaction | null {
    const { header } = this;
    return this.find(
      (item) => answerOf(item.requestType) === header.type && !item.isDone(TO_CLIENT),
    );
  }

  private find(isIt: (item: DcerpcTransaction) => boolean): DcerpcTransaction | null {
    const { callId } = this.header;
    for (const item of this.transactions.items) {
      if (item.callId === callId && isIt(item)) return item;
    }
    return null;
  }

  private open(host: ParseHost): DcerpcTransaction {
    const { header, transactions, interfaces } = this;
    const open = transactions.items;
    if (open.length >= OPEN_CALLS_MAX) {
      const oldest = open.find((item) => !item.isDone(TO_SERVER) || !item.isDone(TO_CLIENT));
      oldest?.reach(TO_SERVER, 1);
      oldest?.reach(TO_CLIENT, 1);
    }
    const made = new DcerpcTransaction(header.callId, interfaces, header.isLittleEndian);
    made.minorVersion = header.minorVersion;
    for (const direction of [TO_SERVER, TO_CLIENT]) {
      if (this.isTruncated[direction]) made.lose(direction);
    }
    return transactions.add(made, host.timeUs);
  }

  /** What a direction with lost bytes left open before its last PDU will never be whole. */
  private closeLost(direction: number): void {
    for (const item of this.transactions.items) {
      item.lose(TO_SERVER);
      if (direction === TO_CLIENT) item.lose(TO_CLIENT);
    }
  }
}
