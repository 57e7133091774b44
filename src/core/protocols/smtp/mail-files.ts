/** Makes files of what a mail has in it, and tells the stream when there is something to look at. */
import { TO_SERVER } from "../direction.ts";
import { TransactionFile } from "../file.ts";
import type { MimeEvent, MimeSink } from "../mime/parser.ts";
import type { ParseHost } from "../protocol.ts";
import type { SmtpTransaction } from "./transaction.ts";

export class MailFiles implements MimeSink {
  /** Valid while data is parsed. */
  host: ParseHost | null = null;
  private readonly transaction: SmtpTransaction;
  private file: TransactionFile | null = null;

  constructor(transaction: SmtpTransaction) {
    this.transaction = transaction;
  }

  openFile(name: Uint8Array): void {
    const { host, transaction } = this;
    if (host === null) return;
    this.closeFile();
    const { inspectWindowBytes } = transaction.options;
    const policy = { ...host.filePolicy, inspectWindowBytes };
    this.file = new TransactionFile(name, TO_SERVER, policy);
    transaction.files.push(this.file);
  }

  appendFile(bytes: Uint8Array, start: number, end: number): void {
    const { file, transaction } = this;
    if (file === null || end <= start) return;
    file.append(bytes, start, end);
    if (file.body.inspectedBytes === 0 && transaction.isDue(file)) {
      this.host?.triggerRaw(TO_SERVER);
    }
  }

  closeFile(): void {
    if (this.file === null) return;
    this.file.close();
    this.file = null;
    this.host?.triggerRaw(TO_SERVER);
  }

  note(event: MimeEvent): void {
    this.transaction.note(event);
  }
}
