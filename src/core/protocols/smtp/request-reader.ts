/**
 * What the client says: commands, and between them mails and chunks. A command is known by its first letters, as
 * in Suricata, whatever follows them.
 *
 * @hotpath
 */
import { TO_SERVER } from "../direction.ts";
import { FRAME_LENGTH_UNKNOWN } from "../frame.ts";
import type { ParseHost } from "../protocol.ts";
import { argumentOf, chunkArgument, isCommand } from "./command-line.ts";
import { Command } from "./command-queue.ts";
import type { OpenChunk, OpenMail, SmtpConnection } from "./connection.ts";
import { DataStep } from "./data-reader.ts";
import { SmtpFrame } from "./frames.ts";
import type { LineScanner } from "./line-scanner.ts";
import { RECIPIENTS_MAX, SmtpState, type SmtpTransaction } from "./transaction.ts";

const LINE_FEED = 0x0a;

export class RequestReader {
  private readonly connection: SmtpConnection;
  private readonly scanner: LineScanner;

  constructor(connection: SmtpConnection, scanner: LineScanner) {
    this.connection = connection;
    this.scanner = scanner;
  }

  /** Takes what is there; false when it cannot go on. */
  read(bytes: Uint8Array, limit: number, host: ParseHost): boolean {
    const { connection, scanner } = this;
    while (scanner.position < limit) {
      const { mail, chunk } = connection;
      if (chunk !== null) this.takeChunk(chunk, bytes, limit);
      else if (mail !== null) {
        if (!this.readMail(mail, bytes, limit, host)) return true;
        if (connection.mail !== null) continue;
        if (!connection.enqueue(Command.endOfMail, mail.transaction)) return false;
      } else {
        if (!scanner.next(bytes, limit)) return true;
        const { start, end, fullEnd, isTruncated } = scanner;
        const frame =
          host.frames?.add(TO_SERVER, SmtpFrame.commandLine, start, fullEnd - start) ?? 0;
        if (!this.takeCommand(bytes, start, end, host)) return false;
        const { current } = connection;
        if (current !== null) host.frames?.setTransaction(TO_SERVER, frame, current.id);
        if (isTruncated) connection.note("truncated_line");
      }
    }
    return true;
  }

  private takeChunk(chunk: OpenChunk, bytes: Uint8Array, limit: number): void {
    const { scanner } = this;
    const taken = Math.min(chunk.leftBytes, limit - scanner.position);
    chunk.leftBytes -= taken;
    scanner.moveTo(scanner.position + taken);
    if (chunk.leftBytes > 0) return;
    // The last line of the chunk goes on behind it.
    const isOpenLine = taken > 0 && bytes[scanner.position - 1] !== LINE_FEED;
    if (isOpenLine && scanner.position < limit) this.connection.note("bdat_chunk_len_exceeded");
    this.endChunk(chunk);
  }

  private endChunk({ transaction, isLast }: OpenChunk): void {
    this.connection.chunk = null;
    if (isLast) transaction.completeRequest();
  }

  /** False when it needs more. The mail is closed at its end. */
  private readMail(mail: OpenMail, bytes: Uint8Array, limit: number, host: ParseHost): boolean {
    const { reader, files, transaction } = mail;
    files.host = host;
    if (!mail.hasBegun) {
      mail.hasBegun = true;
      const { position } = this.scanner;
      mail.frame =
        host.frames?.add(
          TO_SERVER,
          SmtpFrame.data,
          position,
          FRAME_LENGTH_UNKNOWN,
          transaction.id,
        ) ?? 0;
    }
    const before = this.scanner.position;
    const step = reader.step(bytes, limit);
    if (reader.isTruncated) transaction.note("truncated_line");
    if (step === DataStep.over) {
      transaction.mime?.finish();
      files.closeFile();
      transaction.completeRequest();
      this.connection.mail = null;
      host.frames?.endAt(TO_SERVER, mail.frame, before);
    }
    files.host = null;
    return step !== DataStep.more;
  }

  private takeCommand(bytes: Uint8Array, start: number, end: number, host: ParseHost): boolean {
    const { connection } = this;
    const isLast = isCommand(bytes, start, end, "rset") || isCommand(bytes, start, end, "quit");
    const isFirst = connection.transactions.created === 0;
    const isNew = connection.current?.isRequestComplete ?? isFirst;
    if ((isNew && (isFirst || !isLast)) || connection.current === null) {
      if (connection.begin(host) === null) return false;
    }
    const transaction = connection.current;
    if (transaction === null) return false;
    if (!connection.hasGreeting) transaction.note("no_server_welcome_message");
    host.triggerRaw(TO_SERVER);
    return this.dispatch(transaction, bytes, start, end, host);
  }

  private dispatch(
    transaction: SmtpTransaction,
    bytes: Uint8Array,
    start: number,
    end: number,
    host: ParseHost,
  ): boolean {
    const is = (name: string): boolean => isCommand(bytes, start, end, name);
    if (is("bdat")) return this.bdat(transaction, bytes, start, end);
    if (is("data")) return this.data(transaction, host);
    return this.connection.enqueue(
      is("starttls")
        ? Command.startTls
        : is("helo") || is("ehlo")
          ? this.helo(transaction, argumentOf(bytes, start + 5, end))
          : is("rset")
            ? Command.reset
            : is("quit")
              ? Command.quit
              : this.envelope(transaction, bytes, start, end),
      transaction,
    );
  }

  private helo(transaction: SmtpTransaction, name: Uint8Array): number {
    const { session } = this.connection;
    if (session.helo === null) session.helo = name;
    else transaction.note("duplicate_fields");
    return transaction.isUnderWay ? Command.reset : Command.other;
  }

  private envelope(
    transaction: SmtpTransaction,
    bytes: Uint8Array,
    start: number,
    end: number,
  ): number {
    if (isCommand(bytes, start, end, "mail from")) {
      if (transaction.mailFrom === null) {
        transaction.mailFrom = argumentOf(bytes, start + 10, end);
      } else transaction.note("duplicate_fields");
    } else if (isCommand(bytes, start, end, "rcpt to")) {
      const { recipients } = transaction;
      if (recipients.length < RECIPIENTS_MAX) recipients.push(argumentOf(bytes, start + 8, end));
    }
    return Command.other;
  }

  private data(transaction: SmtpTransaction, host: ParseHost): boolean {
    const { connection } = this;
    transaction.reach(0, SmtpState.data);
    if (transaction.isData) transaction.note("unparsable_content");
    // After a refusal it is tried again.
    if (transaction.isData && !transaction.isDataRefused) return true;
    transaction.isData = true;
    transaction.isDataRefused = false;
    connection.announceMail(transaction, host);
    if (!connection.enqueue(Command.data, transaction)) return false;
    if (connection.hasPipelining) connection.openMail();
    return true;
  }

  private bdat(
    transaction: SmtpTransaction,
    bytes: Uint8Array,
    start: number,
    end: number,
  ): boolean {
    const { connection } = this;
    const argument = chunkArgument(bytes, start + 4, end);
    if (argument === null) {
      transaction.note("invalid_bdat");
      return connection.enqueue(Command.other, transaction);
    }
    const { isLast, totalBytes } = argument;
    transaction.hasChunks = true;
    transaction.reach(0, SmtpState.data);
    if (!connection.enqueue(isLast ? Command.lastChunk : Command.chunk, transaction)) return false;
    const command = connection.queue.newest;
    const chunk = { command, transaction, isLast, totalBytes, leftBytes: totalBytes };
    if (totalBytes > 0) connection.chunk = chunk;
    else this.endChunk(chunk);
    return true;
  }
}
