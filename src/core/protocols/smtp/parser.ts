/** SMTP of one flow: requests and replies over what they share. Lost data ends it, as in Suricata. */
import { TO_SERVER } from "../direction.ts";
import { PARSE_FAILED, type ParseHost, type ProtocolParser } from "../protocol.ts";
import type { TransactionList } from "../transaction.ts";
import { SmtpConnection } from "./connection.ts";
import { LineScanner } from "./line-scanner.ts";
import type { SmtpOptions } from "./options.ts";
import { ReplyReader } from "./reply-reader.ts";
import { RequestReader } from "./request-reader.ts";
import type { SmtpTransaction } from "./transaction.ts";

export class SmtpParser implements ProtocolParser {
  private readonly connection: SmtpConnection;
  private readonly requestScanner = new LineScanner();
  private readonly replyScanner = new LineScanner();
  private readonly requests: RequestReader;
  private readonly replies: ReplyReader;

  constructor(options: SmtpOptions) {
    this.connection = new SmtpConnection(options, this.requestScanner);
    this.requests = new RequestReader(this.connection, this.requestScanner);
    this.replies = new ReplyReader(this.connection, this.replyScanner);
  }

  get transactions(): TransactionList<SmtpTransaction> {
    return this.connection.transactions;
  }

  parse(direction: number, bytes: Uint8Array, start: number, end: number, host: ParseHost): number {
    const isRequest = direction === TO_SERVER;
    const scanner = isRequest ? this.requestScanner : this.replyScanner;
    const reader = isRequest ? this.requests : this.replies;
    scanner.position = start;
    const isGood = reader.read(bytes, end, host);
    this.connection.transactions.isChanged = true;
    return isGood ? scanner.position - start : PARSE_FAILED;
  }

  gap(): boolean {
    return false;
  }
}
