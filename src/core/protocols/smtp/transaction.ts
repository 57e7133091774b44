/**
 * One mail: its envelope, the message, the files in it. Progress is counted as Suricata names it: started, data,
 * complete, in both directions.
 */
import type { TransactionFile } from "../file.ts";
import type { MimeParser } from "../mime/parser.ts";
import { Transaction } from "../transaction.ts";
import { type SmtpEvent, smtpEventCode } from "./events.ts";
import type { SmtpOptions } from "./options.ts";

export const SmtpState = { started: 0, data: 1, complete: 2 } as const;

/** Recipients kept of one mail; more are not. */
export const RECIPIENTS_MAX = 4096;

/** What holds for all mails of a connection. */
export class SmtpSession {
  /** What the client calls itself; null before HELO or EHLO. */
  helo: Uint8Array | null = null;
}

export class SmtpTransaction extends Transaction {
  readonly session: SmtpSession;
  readonly options: SmtpOptions;
  mailFrom: Uint8Array | null = null;
  readonly recipients: Uint8Array[] = [];
  /** Reads the message; null before DATA. */
  mime: MimeParser | null = null;
  /** DATA came. */
  isData = false;
  /** The server refused the DATA. */
  isDataRefused = false;
  /** BDAT came. */
  hasChunks = false;

  constructor(session: SmtpSession, options: SmtpOptions) {
    super();
    this.session = session;
    this.options = options;
  }

  /** Something is under way that RSET would undo. */
  get isUnderWay(): boolean {
    return this.mailFrom !== null || this.recipients.length > 0 || this.isData || this.hasChunks;
  }

  get isRequestComplete(): boolean {
    return this.toServerProgress >= SmtpState.complete;
  }

  note(event: SmtpEvent): void {
    this.addEvent(smtpEventCode(event));
  }

  completeRequest(): void {
    this.reach(0, SmtpState.complete);
  }

  complete(): void {
    this.reach(0, SmtpState.complete);
    this.reach(1, SmtpState.complete);
  }

  /** Enough of a file has come to be looked at. */
  isDue({ body, sizeBytes }: TransactionFile): boolean {
    if (body.inspectedBytes > 0 || body.isComplete) return true;
    const { inspectMinimumBytes, contentLimitBytes } = this.options;
    return (
      sizeBytes >= inspectMinimumBytes || (contentLimitBytes > 0 && sizeBytes >= contentLimitBytes)
    );
  }

  override afterInspection(direction: number): void {
    for (const file of this.files) {
      if (file.direction !== direction || !this.isDue(file)) continue;
      const { body } = file;
      body.inspectedBytes = body.totalBytes;
      file.forget(body.totalBytes - file.windowBytes);
    }
  }
}
