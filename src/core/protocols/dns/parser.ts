/** DNS over UDP, a message a datagram, and over TCP, each message with its length before it. */
import { readUint16 } from "../../bytes/endian.ts";
import { PARSE_FAILED, type ParseHost, ProbeResult, type ProtocolParser } from "../protocol.ts";
import { TransactionList } from "../transaction.ts";
import { type DnsMessage, HEADER_BYTES, NameProblem, parseMessage } from "./message.ts";
import { BROKEN_MESSAGE, DnsTransaction } from "./transaction.ts";

export const dnsEventNames = [
  "malformed_data",
  "not_request",
  "not_response",
  "z_flag_set",
  "invalid_opcode",
  "name_too_long",
  "infinite_loop",
  "too_many_labels",
  "invalid_additionals",
  "invalid_authorities",
] as const;

type DnsEventName = (typeof dnsEventNames)[number];

const RESPONSE_FLAG = 0x8000;
const Z_FLAG = 0x0040;
const OPCODES = 7;
/** Messages of one flow that are not done with. */
const TRANSACTIONS_MAX = 65_536;

export class DnsParser implements ProtocolParser {
  readonly transactions = new TransactionList<DnsTransaction>();
  parse(direction: number, bytes: Uint8Array, start: number, end: number, host: ParseHost): number {
    if (!host.isStream) {
      this.take(direction, bytes, start, end, host);
      return end - start;
    }
    let at = start;
    while (at + 2 <= end) {
      const length = readUint16(bytes, at);
      if (at + 2 + length > end) break;
      if (length > 0 && !this.take(direction, bytes, at + 2, at + 2 + length, host)) {
        return PARSE_FAILED;
      }
      at += 2 + length;
    }
    return at - start;
  }

  /** Messages begin anew behind a gap only by chance: one that is none ends it. */
  gap(): boolean {
    return true;
  }

  private take(
    direction: number,
    bytes: Uint8Array,
    start: number,
    end: number,
    host: ParseHost,
  ): boolean {
    const isRequest = direction === 0;
    if (this.transactions.items.length >= TRANSACTIONS_MAX) return false;
    const message = parseMessage(bytes, start, end);
    const transaction = new DnsTransaction(message ?? BROKEN_MESSAGE, isRequest);
    if (message === null) note(transaction, "malformed_data");
    else noteProblems(transaction, message, isRequest);
    this.transactions.add(transaction, host.timeUs);
    host.triggerRaw(direction);
    return message !== null;
  }
}

function noteProblems(transaction: DnsTransaction, message: DnsMessage, isRequest: boolean): void {
  const isAnswer = (message.flags & RESPONSE_FLAG) !== 0;
  if (isRequest && isAnswer) note(transaction, "not_request");
  if (!isRequest && !isAnswer) note(transaction, "not_response");
  if ((message.flags & Z_FLAG) !== 0) note(transaction, "z_flag_set");
  if (transaction.opcode >= OPCODES) note(transaction, "invalid_opcode");
  if ((message.nameProblems & NameProblem.loop) !== 0) note(transaction, "infinite_loop");
  if ((message.nameProblems & NameProblem.tooLong) !== 0) note(transaction, "name_too_long");
  if ((message.nameProblems & NameProblem.tooManyLabels) !== 0) {
    note(transaction, "too_many_labels");
  }
  if (message.hasBadAuthorities) note(transaction, "invalid_authorities");
  if (message.hasBadAdditionals) note(transaction, "invalid_additionals");
}

function note(transaction: DnsTransaction, name: DnsEventName): void {
  transaction.addEvent(dnsEventNames.indexOf(name));
}

/** Whether a datagram is DNS; the counts of its sections must fit in it. */
export function probeDatagram(
  bytes: Uint8Array,
  start: number,
  end: number,
  direction: number,
): number {
  if (end - start < HEADER_BYTES) return ProbeResult.no;
  let records = 0;
  for (let at = 4; at < HEADER_BYTES; at += 2) records += readUint16(bytes, start + at);
  if (2 * records > end - start) return ProbeResult.no;
  const isAnswer = (readUint16(bytes, start + 2) & RESPONSE_FLAG) !== 0;
  return isAnswer === (direction === 1) ? ProbeResult.yes : ProbeResult.reversed;
}

export function probeStream(
  bytes: Uint8Array,
  start: number,
  end: number,
  direction: number,
): number {
  if (end - start < 2 + HEADER_BYTES) return ProbeResult.needMore;
  const length = readUint16(bytes, start);
  if (length < HEADER_BYTES) return ProbeResult.no;
  const messageEnd = Math.min(end, start + 2 + length);
  const isWhole = messageEnd === start + 2 + length;
  const found = probeDatagram(bytes, start + 2, start + 2 + length, direction);
  if (found === ProbeResult.no) return ProbeResult.no;
  return !isWhole || parseMessage(bytes, start + 2, messageEnd) !== null
    ? ProbeResult.yes
    : ProbeResult.no;
}
