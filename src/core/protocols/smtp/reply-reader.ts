/**
 * What the server says (RFC 5321 §4.2): each reply belongs to the oldest command without one. The codes are those
 * that Suricata knows; any other ends the parsing of the flow.
 *
 * @hotpath
 */
import { TO_CLIENT } from "../direction.ts";
import type { ParseHost } from "../protocol.ts";
import { isCommand } from "./command-line.ts";
import { Command, type WaitingCommand } from "./command-queue.ts";
import type { SmtpConnection } from "./connection.ts";
import { SmtpFrame } from "./frames.ts";
import type { LineScanner } from "./line-scanner.ts";
import { SmtpState } from "./transaction.ts";

const HYPHEN = 0x2d;
const PIPELINING_BYTES = 14;

const KNOWN_CODES: ReadonlySet<number> = new Set([
  211, 214, 220, 221, 235, 250, 251, 252, 334, 354, 401, 402, 421, 435, 450, 451, 452, 454, 455,
  500, 501, 502, 503, 504, 511, 521, 522, 525, 530, 534, 535, 541, 543, 550, 551, 552, 553, 554,
  555,
]);

export class ReplyReader {
  private readonly connection: SmtpConnection;
  private readonly scanner: LineScanner;
  /** More lines of the same reply follow. */
  private isOpen = false;
  private hasTls = false;

  constructor(connection: SmtpConnection, scanner: LineScanner) {
    this.connection = connection;
    this.scanner = scanner;
  }

  /** Takes what is there, up to a change to TLS; false when it cannot go on. */
  read(bytes: Uint8Array, limit: number, host: ParseHost): boolean {
    const { connection, scanner } = this;
    while (this.goesOn(bytes, limit) && scanner.next(bytes, limit)) {
      const { start, end, fullEnd, isTruncated } = scanner;
      const transactionId = connection.current?.id ?? -1;
      host.frames?.add(TO_CLIENT, SmtpFrame.responseLine, start, fullEnd - start, transactionId);
      if (isTruncated) connection.note("truncated_line");
      const isBare = end === start && fullEnd === start + 1;
      if (isBare || (isTruncated && !KNOWN_CODES.has(codeOf(bytes, start)))) continue;
      if (!this.takeLine(bytes, start, end, host)) return false;
    }
    return true;
  }

  /** After the consent to TLS only what looks like another reply is taken. */
  private goesOn(bytes: Uint8Array, limit: number): boolean {
    if (!this.hasTls) return true;
    const { position } = this.scanner;
    return position + 3 <= limit && KNOWN_CODES.has(codeOf(bytes, position));
  }

  private takeLine(bytes: Uint8Array, start: number, end: number, host: ParseHost): boolean {
    const { connection } = this;
    const code = end - start < 3 ? -1 : codeOf(bytes, start);
    if (!KNOWN_CODES.has(code)) {
      connection.note("invalid_reply");
      return false;
    }
    this.isOpen = end - start > 3 && bytes[start + 3] === HYPHEN;
    const command = connection.queue.oldest;
    if (command === null) {
      this.takeGreeting(code);
      return true;
    }
    this.answer(command, code, host);
    if (!this.isOpen) connection.queue.shift();
    else if (connection.hasGreeting && code === 250 && end - start === PIPELINING_BYTES) {
      connection.hasPipelining ||= isCommand(bytes, start + 4, end, "pipelining");
    }
    host.triggerRaw(TO_CLIENT);
    return true;
  }

  /** No command waits: the first reply is the greeting. */
  private takeGreeting(code: number): void {
    const { connection } = this;
    if (connection.hasGreeting) return;
    if (!this.isOpen) connection.hasGreeting = true;
    if (code !== 220) connection.note("invalid_reply");
  }

  private answer({ command, transaction }: WaitingCommand, code: number, host: ParseHost): void {
    switch (command) {
      case Command.startTls:
        this.answerStartTls(transaction, code, host);
        return;
      case Command.data:
        this.answerData(transaction, code);
        return;
      case Command.chunk:
      case Command.lastChunk:
        this.answerChunk(command, transaction, code);
        return;
      case Command.endOfMail:
        if (!this.isOpen) transaction?.reach(TO_CLIENT, SmtpState.complete);
        return;
      case Command.reset:
        if (!this.isOpen && code === 250) transaction?.complete();
        return;
      case Command.quit:
        if (!this.isOpen && code === 221) transaction?.complete();
        return;
      default:
    }
  }

  private answerStartTls(
    transaction: WaitingCommand["transaction"],
    code: number,
    host: ParseHost,
  ): void {
    if (code !== 220) {
      this.connection.note("tls_rejected");
      return;
    }
    transaction?.complete();
    if (this.isOpen) return;
    this.hasTls = true;
    if (!host.changeProtocol(null, "tls")) this.connection.note("failed_protocol_change");
  }

  private answerData(transaction: WaitingCommand["transaction"], code: number): void {
    const { connection } = this;
    if (code === 354) {
      transaction?.reach(TO_CLIENT, SmtpState.data);
      connection.openMail();
      return;
    }
    connection.note("data_command_rejected");
    connection.refuseMail(transaction);
  }

  private answerChunk(
    command: number,
    transaction: WaitingCommand["transaction"],
    code: number,
  ): void {
    const { connection } = this;
    transaction?.reach(TO_CLIENT, SmtpState.data);
    const { chunk } = connection;
    const isRefused = code >= 400;
    if (isRefused && chunk !== null && chunk.command === connection.queue.oldest) {
      // Refused before any of it came: what follows are commands.
      if (chunk.leftBytes === chunk.totalBytes) connection.chunk = null;
    }
    if (command === Command.lastChunk && !this.isOpen) {
      transaction?.reach(TO_CLIENT, SmtpState.complete);
    }
  }
}

/** The number of three digits; -1 when they are none. */
function codeOf(bytes: Uint8Array, start: number): number {
  let code = 0;
  for (let i = 0; i < 3; i++) {
    const digit = bytes[start + i]! - 0x30;
    if (digit < 0 || digit > 9) return -1;
    code = code * 10 + digit;
  }
  return code;
}
