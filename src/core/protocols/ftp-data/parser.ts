/** The data connection of FTP (RFC 959 §3): all that comes in the expected direction is one file. */
import { FileState, TransactionFile } from "../file.ts";
import { PARSE_FAILED, type ParseHost, type ProtocolParser } from "../protocol.ts";
import { TransactionList } from "../transaction.ts";
import { type FtpDataExpectation, FtpDataState, FtpDataTransaction } from "./transaction.ts";

export class FtpDataParser implements ProtocolParser {
  readonly transactions = new TransactionList<FtpDataTransaction>();
  /** Null: nobody told of this connection. */
  private readonly expectation: FtpDataExpectation | null;
  private file: TransactionFile | null = null;

  constructor(expectation: FtpDataExpectation | null) {
    this.expectation = expectation;
  }

  parse(direction: number, bytes: Uint8Array, start: number, end: number, host: ParseHost): number {
    const { expectation } = this;
    if (expectation === null) return PARSE_FAILED;
    if (direction === expectation.direction) {
      this.open(expectation, host)?.append(bytes, start, end);
      this.transactions.isChanged = true;
    }
    return end - start;
  }

  gap(direction: number, byteLength: number, host: ParseHost): boolean {
    const { expectation } = this;
    if (expectation === null) return false;
    if (direction === expectation.direction) this.open(expectation, host)?.gap(byteLength);
    return true;
  }

  end(direction: number): void {
    if (direction !== this.expectation?.direction) return;
    this.file?.close(FileState.closed);
    this.transactions.last?.reach(direction, FtpDataState.complete);
    this.transactions.isChanged = true;
  }

  /** Listings have no name and are no files: null. */
  private open(expectation: FtpDataExpectation, host: ParseHost): TransactionFile | null {
    if (this.transactions.created > 0) return this.file;
    const { direction, name } = expectation;
    const transaction = new FtpDataTransaction(expectation);
    transaction.reach(1 - direction, FtpDataState.complete);
    this.transactions.add(transaction, host.timeUs);
    if (name.length === 0) return null;
    this.file = new TransactionFile(name, direction, host.filePolicy);
    transaction.files.push(this.file);
    return this.file;
  }
}
