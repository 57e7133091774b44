/**
 * One HTTP/1 connection: the reader of each direction, and which response belongs to which request.
 */
import type { UpgradedRequest } from "../http/upgrade.ts";
import { PARSE_FAILED, type ParseHost, type ProtocolParser } from "../protocol.ts";
import { TransactionList } from "../transaction.ts";
import { EventCount } from "./events.ts";
import { lowerText } from "./message.ts";
import { Stage } from "./message-reader.ts";
import type { HttpOptions } from "./options.ts";
import { type RequestEvents, RequestReader } from "./request-reader.ts";
import { type ResponseEvents, ResponseReader } from "./response-reader.ts";
import { Http1Transaction, HttpState } from "./transaction.ts";
import { ascii } from "./uri.ts";

export class Http1Parser implements ProtocolParser, RequestEvents, ResponseEvents {
  readonly transactions = new TransactionList<Http1Transaction>();
  private readonly options: HttpOptions;
  private readonly requests: RequestReader;
  private readonly responses: ResponseReader;
  /** Requests that wait for their response, oldest first; null where one was answered. */
  private readonly unanswered: (Http1Transaction | null)[] = [];
  private firstUnanswered = 0;
  private hasUpgraded = false;
  private readonly eventCount = new EventCount();

  constructor(options: HttpOptions) {
    this.options = options;
    this.requests = new RequestReader(options, this);
    this.responses = new ResponseReader(options, this);
  }

  parse(direction: number, bytes: Uint8Array, start: number, end: number, host: ParseHost): number {
    const reader = direction === 0 ? this.requests : this.responses;
    const used = reader.read(bytes, start, end, host);
    // What comes with the request or the answer of a tunnel is nothing that its protocol is told by.
    const isOfTunnel = direction === 0 || !this.hasUpgraded;
    return used === PARSE_FAILED || !isOfTunnel ? used : end - start;
  }

  gap(direction: number, byteLength: number, host: ParseHost): boolean {
    const reader = direction === 0 ? this.requests : this.responses;
    // Nothing was there before it: whose answer would follow?
    if (direction === 1 && this.transactions.created === 0) return false;
    reader.gap(byteLength, host);
    return true;
  }

  end(direction: number, host: ParseHost): void {
    (direction === 0 ? this.requests : this.responses).finish(host);
  }

  begin(host: ParseHost): Http1Transaction | null {
    const transaction = this.add(host);
    if (transaction === null) return null;
    transaction.reach(0, HttpState.line);
    this.unanswered.push(transaction);
    return transaction;
  }

  lastRequest(): Http1Transaction | null {
    const { last } = this.transactions;
    return last === null || last.isUnsolicited ? null : last;
  }

  requestDone(transaction: Http1Transaction): void {
    transaction.reach(0, HttpState.complete);
  }

  get nextAnswered(): Http1Transaction | null {
    return this.unanswered[this.firstUnanswered] ?? null;
  }

  get isShortNext(): boolean {
    return this.nextAnswered?.isShort ?? false;
  }

  answer(host: ParseHost): Http1Transaction | null {
    const waiting = this.unanswered[this.firstUnanswered];
    if (waiting !== undefined && waiting !== null) {
      this.unanswered[this.firstUnanswered++] = null;
      this.dropAnswered();
      waiting.reach(1, HttpState.line);
      return waiting;
    }
    const transaction = this.add(host);
    if (transaction === null) return null;
    if (this.requests.hasPartOfLine) {
      transaction.note("request_line_incomplete");
      this.requests.answered = transaction;
      transaction.reach(1, HttpState.line);
      return transaction;
    }
    transaction.note("unable_to_match_response_to_request");
    transaction.uriRaw = ascii("/libhtp::request_uri_not_seen");
    transaction.isUnsolicited = true;
    transaction.reach(0, HttpState.complete);
    transaction.reach(1, HttpState.line);
    return transaction;
  }

  private add(host: ParseHost): Http1Transaction | null {
    const { transactions, options } = this;
    if (transactions.items.length >= options.transactionsMax) return null;
    return transactions.add(new Http1Transaction(options, this.eventCount), host.timeUs);
  }

  responseDone(transaction: Http1Transaction): void {
    transaction.reach(1, HttpState.complete);
    // A refused tunnel: the connection goes on with requests.
    if (transaction.isConnect && !this.responses.hasSwitched) this.requests.isHalted = false;
  }

  refused(transaction: Http1Transaction, host: ParseHost): void {
    this.requests.giveUpBody(transaction, host);
  }

  switched(transaction: Http1Transaction, host: ParseHost): void {
    transaction.reach(0, HttpState.complete);
    this.requests.stage = Stage.ignored;
    if (transaction.isConnect) {
      if (!host.changeProtocol(null)) transaction.note("failed_protocol_change");
      return;
    }
    const upgrade = transaction.response.value("upgrade");
    if (upgrade !== null) this.upgrade(transaction, lowerText(upgrade), host);
  }

  /** Other protocols than these go on as a tunnel that nobody looks into. */
  private upgrade(transaction: Http1Transaction, wanted: string, host: ParseHost): void {
    if (wanted !== "h2c" && wanted !== "websocket") return;
    this.hasUpgraded = true;
    const isDone =
      wanted === "h2c"
        ? host.changeProtocol("http2", "http2", upgradeOf(transaction))
        : host.changeProtocol("websocket");
    if (!isDone) transaction.note("failed_protocol_change");
  }

  private dropAnswered(): void {
    const isEmpty = this.firstUnanswered === this.unanswered.length;
    if (!isEmpty && this.firstUnanswered < 64) return;
    this.unanswered.splice(0, this.firstUnanswered);
    this.firstUnanswered = 0;
  }
}

/** What HTTP/2 goes on from: the request is its first stream. */
function upgradeOf({ method, uriRaw, request }: Http1Transaction): UpgradedRequest {
  return { method, target: uriRaw, fields: request.fields };
}
