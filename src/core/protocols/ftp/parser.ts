/**
 * The control connection of FTP (RFC 959): commands and their replies, and from them which data connections are
 * to come.
 */
import { TO_CLIENT, TO_SERVER } from "../direction.ts";
import type { FtpDataExpectation } from "../ftp-data/transaction.ts";
import type { ParseHost, ProtocolParser } from "../protocol.ts";
import { TransactionList } from "../transaction.ts";
import { parseExtendedPassive, parseExtendedPort, parseHostPort } from "./addresses.ts";
import {
  findCommand,
  isTransfer,
  isUpload,
  needsFileName,
  type TransferCommand,
} from "./commands.ts";
import { LineReader } from "./line-reader.ts";
import type { FtpOptions } from "./options.ts";
import { parseReplyLine, type ReplyLine } from "./reply.ts";
import { FtpEvent, type FtpLatest, FtpTransaction } from "./transaction.ts";

/** Lines of replies that are kept of one transaction. */
export const REPLY_LINES_MAX = 512;
const SPACE = 0x20;
const INSPECTED_TO_CLIENT = 2;
const UNNAMED_UPLOAD = new Uint8Array([0x3c, 0x73, 0x74, 0x6f, 0x75, 0x3e]); // <stou>

export class FtpParser implements ProtocolParser {
  readonly transactions = new TransactionList<FtpTransaction>();
  private readonly options: FtpOptions;
  private readonly readers: readonly [LineReader, LineReader];
  /** Port of the next data connection, as the last exchange agreed; 0 without. */
  private dataPort = 0;
  private isDataActive = false;
  /** Code of a reply of several lines that has not ended; 0 without. */
  private openReplyCode = 0;
  /** Commands without their last reply, oldest first; those before `firstWaiting` are over. */
  private waiting: FtpTransaction[] = [];
  private firstWaiting = 0;
  private readonly latest: FtpLatest = { isBounce: false };
  /** Whom the last reply line belonged to. */
  private replied: FtpTransaction | null = null;

  constructor(options: FtpOptions) {
    this.options = options;
    const { lineBytesMax } = options;
    this.readers = [new LineReader(lineBytesMax), new LineReader(lineBytesMax)];
  }

  parse(direction: number, bytes: Uint8Array, start: number, end: number, host: ParseHost): number {
    const reader = this.readers[direction]!;
    reader.position = start;
    while (reader.next(bytes, end)) {
      if (reader.lineEnd === reader.lineStart) continue;
      this.transactions.isChanged = true;
      if (direction === TO_SERVER) this.takeCommand(bytes, reader, host);
      else this.takeReply(bytes, reader, host);
    }
    return reader.position - start;
  }

  /** Which reply belongs to which command cannot be told any more. */
  gap(): boolean {
    return false;
  }

  /** Commands that still wait are answered no more. */
  end(direction: number): void {
    if (direction !== TO_CLIENT) return;
    for (const transaction of this.transactions.items) transaction.abandon();
    this.transactions.isChanged = true;
  }

  private takeCommand(bytes: Uint8Array, reader: LineReader, host: ParseHost): void {
    const { lineEnd } = reader;
    const lineStart = skipTelnet(bytes, reader.lineStart, lineEnd);
    const command = findCommand(bytes, lineStart, lineEnd);
    this.latest.isBounce = false;
    if (command === null) return;
    const transaction = this.open(host);
    if (transaction === null) return;
    transaction.command = command;
    const dataStart = lineStart + command.length + 1;
    if (dataStart < lineEnd) transaction.commandData = bytes.slice(dataStart, lineEnd);
    if (reader.isTruncated) {
      transaction.isCommandTruncated = true;
      transaction.addEvent(FtpEvent.requestCommandTooLong);
    }
    if (command === "PORT" || command === "EPRT") this.takeActivePort(transaction, host);
    else if (isTransfer(command)) this.expectData(transaction, command, host);
  }

  /** The port that PORT or EPRT names; it counts once the server agrees. */
  private takeActivePort(transaction: FtpTransaction, host: ParseHost): void {
    const data = transaction.commandData;
    if (data === null) return;
    if (transaction.command === "EPRT") {
      transaction.dynamicPort = parseExtendedPort(data, 0, data.length);
    } else {
      const endpoint = parseHostPort(data, 0, data.length);
      transaction.dynamicPort = endpoint?.port ?? 0;
      this.latest.isBounce = endpoint !== null && endpoint.ipv4 !== host.clientIpv4;
    }
    transaction.isActive = transaction.dynamicPort !== 0;
  }

  /** A data connection for this command, where one was agreed on. */
  private expectData(transaction: FtpTransaction, command: TransferCommand, host: ParseHost): void {
    if (needsFileName(command) && transaction.commandData === null) {
      transaction.addEvent(FtpEvent.fileWithoutName);
      return;
    }
    if (this.dataPort === 0) {
      transaction.addEvent(FtpEvent.fileBeforePort);
      return;
    }
    const name =
      transaction.commandData ?? (command === "STOU" ? UNNAMED_UPLOAD : new Uint8Array(0));
    // In active mode the server opens the connection, so its two sides are swapped.
    const isToServer = isUpload(command) !== this.isDataActive;
    const data: FtpDataExpectation = {
      command,
      name,
      direction: isToServer ? TO_SERVER : TO_CLIENT,
    };
    host.expect({
      protocol: "ftp-data",
      port: this.dataPort,
      direction: this.isDataActive ? TO_CLIENT : TO_SERVER,
      data,
    });
    this.dataPort = 0;
    this.isDataActive = false;
  }

  private takeReply(bytes: Uint8Array, reader: LineReader, host: ParseHost): void {
    const line = parseReplyLine(bytes, reader.lineStart, reader.lineEnd, this.openReplyCode);
    const transaction = this.answered(host);
    if (transaction === null) return;
    this.replied = transaction;
    if (reader.isTruncated) {
      transaction.isReplyTruncated = true;
      transaction.addEvent(FtpEvent.responseCommandTooLong);
    }
    this.negotiate(transaction, bytes, reader, line, host);
    if (transaction.replies.length < REPLY_LINES_MAX) transaction.replies.push(line.reply);
    this.openReplyCode = line.isLast ? 0 : line.code;
    // The first line of a long reply tells how it ends.
    if (!line.isPreliminary) {
      transaction.finish();
      host.triggerRaw(TO_CLIENT);
    }
  }

  /**
   * The transaction that a reply line belongs to: of the reply that it goes on with, else the oldest that waits,
   * else the last one while rules have not seen all of it, else a new one: two parts of a long reply that were on
   * their way together are one, as in Suricata.
   */
  private answered(host: ParseHost): FtpTransaction | null {
    const { replied } = this;
    // What comes after the record was written goes into one of its own.
    if (this.openReplyCode !== 0 && replied?.logged === 0) return replied;
    const { last } = this.transactions;
    const isThere = last !== null && (last.inspected & INSPECTED_TO_CLIENT) === 0;
    return this.oldest() ?? (isThere ? last : this.open(host));
  }

  private oldest(): FtpTransaction | null {
    const { waiting } = this;
    while (this.firstWaiting < waiting.length && waiting[this.firstWaiting]!.isDone) {
      this.firstWaiting++;
    }
    if (this.firstWaiting < waiting.length) return waiting[this.firstWaiting]!;
    this.waiting = [];
    this.firstWaiting = 0;
    return null;
  }

  private negotiate(
    transaction: FtpTransaction,
    bytes: Uint8Array,
    { lineStart, lineEnd }: LineReader,
    { code }: ReplyLine,
    host: ParseHost,
  ): void {
    switch (transaction.command) {
      case "AUTH TLS":
        if (code === 234) host.changeProtocol(null, "tls");
        return;
      case "PORT":
      case "EPRT":
        if (code === 200 && transaction.dynamicPort !== 0)
          this.agree(transaction.dynamicPort, true);
        return;
      case "PASV":
        if (code === 227) {
          const port = parseHostPort(bytes, lineStart + 4, lineEnd)?.port ?? 0;
          this.agreePassive(transaction, port);
        }
        return;
      case "EPSV":
        if (code === 229) {
          this.agreePassive(transaction, parseExtendedPassive(bytes, lineStart + 4, lineEnd));
        }
        return;
      default:
    }
  }

  private agreePassive(transaction: FtpTransaction, port: number): void {
    if (port === 0) return;
    transaction.dynamicPort = port;
    this.agree(port, false);
  }

  private agree(port: number, isActive: boolean): void {
    this.dataPort = port;
    this.isDataActive = isActive;
  }

  /** A new transaction; null when too many wait. */
  private open(host: ParseHost): FtpTransaction | null {
    const oldest = this.oldest();
    if (
      oldest !== null &&
      this.waiting.length - this.firstWaiting >= this.options.transactionsMax
    ) {
      oldest.addEvent(FtpEvent.tooManyTransactions);
      oldest.finish();
      return null;
    }
    const transaction = this.transactions.add(new FtpTransaction(this.latest), host.timeUs);
    this.waiting.push(transaction);
    return transaction;
  }
}

/** Skips what Telnet puts before an urgent command. */
function skipTelnet(bytes: Uint8Array, start: number, end: number): number {
  let at = start;
  while (at < end && (bytes[at]! >= 0x80 || bytes[at]! <= SPACE)) at++;
  return at;
}
