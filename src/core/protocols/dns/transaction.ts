/** One DNS message: a request and its response are transactions of their own, as in Suricata 8. */
import { Transaction } from "../transaction.ts";
import type { DnsMessage, DnsRecord } from "./message.ts";

export class DnsTransaction extends Transaction {
  readonly message: DnsMessage;
  readonly isRequest: boolean;

  constructor(message: DnsMessage, isRequest: boolean) {
    super();
    this.message = message;
    this.isRequest = isRequest;
    this.reach(0, 1);
    this.reach(1, 1);
    // The other direction has nothing to do with it.
    this.inspected = isRequest ? 2 : 1;
  }

  get opcode(): number {
    return (this.message.flags >> 11) & 15;
  }

  get rcode(): number {
    return this.message.flags & 15;
  }

  get records(): readonly DnsRecord[] {
    const { answers, authorities, additionals } = this.message;
    return [...answers, ...authorities, ...additionals];
  }
}

/** What stands for a message that could not be read. */
export const BROKEN_MESSAGE: DnsMessage = {
  id: 0,
  flags: 0,
  queries: [],
  answers: [],
  authorities: [],
  additionals: [],
  hasBadAuthorities: false,
  hasBadAdditionals: false,
  nameProblems: 0,
};
