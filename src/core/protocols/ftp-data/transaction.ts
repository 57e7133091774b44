/** The one transaction of a data connection of FTP: the file, and the command that asked for it. */
import type { TransferCommand } from "../ftp/commands.ts";
import { Transaction } from "../transaction.ts";

export const FtpDataState = { started: 0, complete: 1 } as const;

/** What the control connection told of a data connection. */
export interface FtpDataExpectation {
  readonly command: TransferCommand;
  /** Name of the file as the command has it; empty for listings. */
  readonly name: Uint8Array;
  /** Where the data goes on the data connection. */
  readonly direction: number;
}

export class FtpDataTransaction extends Transaction {
  readonly expectation: FtpDataExpectation;

  constructor(expectation: FtpDataExpectation) {
    super();
    this.expectation = expectation;
  }
}
