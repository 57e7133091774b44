/** What both directions of one SMTP connection share: the mails, the waiting commands, the mode of the client's data. */
import { TO_SERVER } from "../direction.ts";
import { FileState } from "../file.ts";
import { MimeParser } from "../mime/parser.ts";
import type { ParseHost } from "../protocol.ts";
import { TransactionList } from "../transaction.ts";
import { Command, CommandQueue, type WaitingCommand } from "./command-queue.ts";
import { DataReader } from "./data-reader.ts";
import type { SmtpEvent } from "./events.ts";
import type { LineScanner } from "./line-scanner.ts";
import { MailFiles } from "./mail-files.ts";
import type { SmtpOptions } from "./options.ts";
import { SmtpSession, SmtpTransaction } from "./transaction.ts";

const RAW_NAME = Uint8Array.from([0x72, 0x61, 0x77, 0x6d, 0x73, 0x67]); // "rawmsg"

/** A mail that is read, after DATA. */
export interface OpenMail {
  readonly transaction: SmtpTransaction;
  readonly reader: DataReader;
  readonly files: MailFiles;
  /** Its first bytes came; its frame. */
  hasBegun: boolean;
  frame: number;
}

/** Bytes of a chunk that are to come, after BDAT. */
export interface OpenChunk {
  readonly command: WaitingCommand | null;
  readonly transaction: SmtpTransaction;
  readonly isLast: boolean;
  readonly totalBytes: number;
  leftBytes: number;
}

export class SmtpConnection {
  readonly options: SmtpOptions;
  readonly transactions = new TransactionList<SmtpTransaction>();
  readonly queue = new CommandQueue();
  readonly session = new SmtpSession();
  /** The newest mail; null before the first command. */
  current: SmtpTransaction | null = null;
  /** Data of the client belongs to it and is no commands. */
  mail: OpenMail | null = null;
  chunk: OpenChunk | null = null;
  /** After DATA, until the server wants the mail. */
  private announced: OpenMail | null = null;
  hasGreeting = false;
  hasPipelining = false;
  private readonly requestScanner: LineScanner;

  constructor(options: SmtpOptions, requestScanner: LineScanner) {
    this.options = options;
    this.requestScanner = requestScanner;
  }

  /** Events belong to the newest mail; before the first there is nowhere to note them. */
  note(event: SmtpEvent): void {
    this.current?.note(event);
  }

  /** Begins another mail; null when the flow has too many. */
  begin(host: ParseHost): SmtpTransaction | null {
    if (this.transactions.created > this.options.transactionsMax) return null;
    const transaction = new SmtpTransaction(this.session, this.options);
    this.current = this.transactions.add(transaction, host.timeUs);
    return transaction;
  }

  /** A command waits for its reply; false when too many do. */
  enqueue(command: number, transaction: SmtpTransaction | null): boolean {
    const before = this.queue.newest?.command;
    if (before === Command.data || before === Command.startTls) {
      this.note("invalid_pipelined_sequence");
    }
    return this.queue.push(command, transaction);
  }

  /** DATA: the mail is announced. */
  announceMail(transaction: SmtpTransaction, host: ParseHost): void {
    const files = new MailFiles(transaction);
    const { options } = this;
    if (options.decodesMime) transaction.mime = new MimeParser(options.mime, files);
    if (options.extractsRaw) {
      files.host = host;
      files.openFile(RAW_NAME);
    }
    const reader = new DataReader(this.requestScanner, transaction.mime, (bytes, start, end) => {
      if (options.extractsRaw) files.appendFile(bytes, start, end);
    });
    this.announced = { transaction, reader, files, hasBegun: false, frame: 0 };
  }

  /** What the client sends next is the announced mail. */
  openMail(): void {
    if (this.announced !== null) this.mail = this.announced;
    this.announced = null;
  }

  /** The server does not want the mail. */
  refuseMail(transaction: SmtpTransaction | null): void {
    if (this.announced?.transaction === transaction) this.announced = null;
    if (this.mail?.transaction === transaction) this.mail = null;
    if (transaction === null) return;
    transaction.isDataRefused = true;
    for (const file of transaction.files) {
      if (file.direction === TO_SERVER) file.close(FileState.truncated);
    }
  }
}
