/**
 * DNS messages of a flow: one a datagram over UDP, with a length before each over TCP (RFC 7766 §8). After lost
 * bytes the stream is taken up again where data begins with a likely message.
 */
import { readUint16 } from "../../bytes/endian.ts";
import { TO_CLIENT, TO_SERVER } from "../direction.ts";
import { PARSE_FAILED, type ParseHost, type ProtocolParser } from "../protocol.ts";
import { TransactionList } from "../transaction.ts";
import { HeaderFlag, isLikelyHeader, parseMessage } from "./message.ts";
import { isLikelyStream, LENGTH_BYTES } from "./probe.ts";
import { HEADER_BYTES } from "./sections.ts";
import { DnsEvent, DnsTransaction } from "./transaction.ts";

/** Frames: whole messages, without the length before those over TCP. */
export const dnsFrames = ["pdu"] as const;
const DNS_MESSAGE_FRAME = 0;

export type DnsVariant = "unicast" | "multicast";

/** What became of a message. */
type Outcome = "taken" | "no header" | "broken";

export class DnsParser implements ProtocolParser {
  readonly transactions = new TransactionList<DnsTransaction>();
  private readonly variant: DnsVariant;
  /** Bytes were lost; what comes next may begin anywhere. Bits 1 to server, 2 to client. */
  private lostSides = 0;

  constructor(variant: DnsVariant) {
    this.variant = variant;
  }

  parse(direction: number, bytes: Uint8Array, start: number, end: number, host: ParseHost): number {
    if (host.isStream) return this.parseStream(direction, bytes, start, end, host);
    this.take(direction, bytes, start, end, host);
    return end - start;
  }

  gap(direction: number): boolean {
    this.lostSides |= 1 << direction;
    return true;
  }

  private parseStream(
    direction: number,
    bytes: Uint8Array,
    start: number,
    end: number,
    host: ParseHost,
  ): number {
    if ((this.lostSides & (1 << direction)) !== 0) {
      if (end - start < LENGTH_BYTES + HEADER_BYTES) return 0;
      if (!isLikelyStream(bytes, start, end)) return end - start;
      this.lostSides &= ~(1 << direction);
    }
    let at = start;
    while (at + LENGTH_BYTES <= end) {
      const messageStart = at + LENGTH_BYTES;
      const messageEnd = messageStart + readUint16(bytes, at);
      if (messageEnd > end) break;
      if (messageEnd > messageStart) {
        host.triggerRaw(direction);
        if (this.take(direction, bytes, messageStart, messageEnd, host) !== "taken") {
          return PARSE_FAILED;
        }
      }
      at = messageEnd;
    }
    return at - start;
  }

  private take(
    direction: number,
    bytes: Uint8Array,
    start: number,
    end: number,
    host: ParseHost,
  ): Outcome {
    const frame = host.frames?.add(direction, DNS_MESSAGE_FRAME, start, end - start) ?? 0;
    if (end - start < HEADER_BYTES || !isLikelyHeader(bytes, start, end - start)) {
      return "no header";
    }
    const message = parseMessage(bytes, start, end, host.slab);
    if (message === null) return this.refuse(DnsEvent.malformedData);
    const hasResponseFlag = (message.flags & HeaderFlag.response) !== 0;
    const isMulticast = this.variant === "multicast";
    if (!isMulticast && direction === TO_SERVER && hasResponseFlag) {
      return this.refuse(DnsEvent.notRequest);
    }
    const isResponse = isMulticast ? hasResponseFlag : direction === TO_CLIENT;
    const transaction = new DnsTransaction(message, direction, isResponse);
    this.transactions.add(transaction, host.timeUs);
    host.frames?.setTransaction(direction, frame, transaction.id);
    return "taken";
  }

  /** A message without a transaction: the event goes to the one before it, if that is still there. */
  private refuse(event: number): Outcome {
    const { transactions } = this;
    transactions.last?.addEvent(event);
    transactions.isChanged = true;
    return "broken";
  }
}
