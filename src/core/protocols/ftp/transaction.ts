/** One command of FTP and the replies to it (RFC 959 §4); replies without a command (the greeting) too. */
import { TO_CLIENT, TO_SERVER } from "../direction.ts";
import { Transaction } from "../transaction.ts";
import type { FtpCommand } from "./commands.ts";

export const FtpState = { started: 0, complete: 1 } as const;

export const FtpEvent = {
  requestCommandTooLong: 0,
  responseCommandTooLong: 1,
  tooManyTransactions: 2,
  fileBeforePort: 3,
  fileWithoutName: 4,
} as const;

export const ftpEventNames = [
  "request_command_too_long",
  "response_command_too_long",
  "too_many_transactions",
  "file_before_port",
  "file_without_name",
];

/** A line of a reply. */
export interface FtpReplyLine {
  /** Three digits; null for a line of a longer reply that is not its last. */
  readonly code: Uint8Array | null;
  readonly text: Uint8Array;
}

/** What transactions of a connection share. */
export interface FtpLatest {
  /** The last command is PORT and names another host than the client (the bounce attack). */
  isBounce: boolean;
}

export class FtpTransaction extends Transaction {
  /** Null: the server speaks without being asked, or answers what is not known. */
  command: FtpCommand | null = null;
  /** The line after the command and a space; null without. */
  commandData: Uint8Array | null = null;
  isCommandTruncated = false;
  readonly replies: FtpReplyLine[] = [];
  isReplyTruncated = false;
  /** Port of the data connection that was agreed on; 0 without. */
  dynamicPort = 0;
  /** The server opens the data connection. */
  isActive = false;
  /** What the connection's last command told, also when that is not this one. */
  readonly latest: FtpLatest;
  /** The last reply came; none is expected any more. */
  isDone = false;

  constructor(latest: FtpLatest = { isBounce: false }) {
    super();
    this.latest = latest;
  }

  finish(): void {
    this.isDone = true;
    this.abandon();
  }

  /** Nothing more will come. */
  abandon(): void {
    this.reach(TO_SERVER, FtpState.complete);
    this.reach(TO_CLIENT, FtpState.complete);
  }
}

/** Whether the command is about the data connection, so that it has a mode. */
export function hasMode({ command }: FtpTransaction): boolean {
  return command === "PORT" || command === "EPRT" || command === "PASV" || command === "EPSV";
}
