/** Commands that wait for their reply, oldest first. */
import type { SmtpTransaction } from "./transaction.ts";

export const Command = {
  other: 0,
  startTls: 1,
  data: 2,
  /** A chunk that is not the last. */
  chunk: 3,
  lastChunk: 4,
  /** The end of a mail after DATA: it is answered as commands are. */
  endOfMail: 5,
  /** RSET, and what works like it: a greeting in the middle of a mail. */
  reset: 6,
  quit: 7,
} as const;

/** Commands of one flow without a reply; a flow with more is given up. */
export const COMMANDS_WAITING_MAX = 65_535;
const COMPACT_AT = 1024;

export interface WaitingCommand {
  /** A value of Command. */
  readonly command: number;
  /** The mail that it belongs to. */
  readonly transaction: SmtpTransaction | null;
}

export class CommandQueue {
  private waiting: WaitingCommand[] = [];
  private first = 0;

  get length(): number {
    return this.waiting.length - this.first;
  }

  get oldest(): WaitingCommand | null {
    return this.waiting[this.first] ?? null;
  }

  get newest(): WaitingCommand | null {
    return this.length === 0 ? null : this.waiting[this.waiting.length - 1]!;
  }

  /** False when there are too many. */
  push(command: number, transaction: SmtpTransaction | null): boolean {
    if (this.length >= COMMANDS_WAITING_MAX) return false;
    this.waiting.push({ command, transaction });
    return true;
  }

  shift(): void {
    if (this.length === 0) return;
    this.first++;
    if (this.first === this.waiting.length) {
      this.waiting = [];
      this.first = 0;
    } else if (this.first >= COMPACT_AT && 2 * this.first >= this.waiting.length) {
      this.waiting = this.waiting.slice(this.first);
      this.first = 0;
    }
  }
}
