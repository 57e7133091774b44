/**
 * The rest of a message whose head was taken already, in one direction: data that goes on into a file, then bytes
 * that mean nothing. Data that the file has already is passed over.
 */
import type { NfsConnection } from "./connection.ts";
import type { NfsTransaction } from "./transaction.ts";

export class PieceFeed {
  /** Bytes of the message that are still to come. */
  leftBytes = 0;
  private readonly connection: NfsConnection;
  /** Null: no data is expected. */
  private transaction: NfsTransaction | null = null;
  private dataLeftBytes = 0;
  private knownBytes = 0;

  constructor(connection: NfsConnection) {
    this.connection = connection;
  }

  /** The message that is being taken carries so many bytes of a file. */
  begin(transaction: NfsTransaction, offset: number, sizeBytes: number): void {
    this.transaction = transaction;
    this.dataLeftBytes = sizeBytes;
    this.knownBytes = this.connection.beginPiece(transaction, offset, sizeBytes);
  }

  /** Data of the message, as far as it is wanted. */
  add(bytes: Uint8Array, start: number, end: number): void {
    const { transaction } = this;
    if (transaction === null) return;
    const length = Math.min(end - start, this.dataLeftBytes);
    const known = Math.min(this.knownBytes, length);
    this.knownBytes -= known;
    this.dataLeftBytes -= length;
    if (known < length) {
      transaction.file?.transfer?.append(bytes, start + known, start + length);
      this.connection.transactions.isChanged = true;
    }
    if (this.dataLeftBytes === 0) this.finish(transaction);
  }

  /** So many bytes of the message are still to come. */
  restOfMessage(byteLength: number): void {
    this.leftBytes = byteLength;
    if (byteLength === 0) this.endMessage();
  }

  /** Takes what belongs to the message; returns how many bytes. */
  take(bytes: Uint8Array, start: number, end: number): number {
    if (this.leftBytes === 0) return 0;
    const length = Math.min(end - start, this.leftBytes);
    this.add(bytes, start, start + length);
    this.leftBytes -= length;
    if (this.leftBytes === 0) this.endMessage();
    return length;
  }

  /** Bytes were lost. False: they go beyond the message. */
  gap(byteLength: number): boolean {
    const length = Math.min(byteLength, this.leftBytes);
    this.lose(Math.min(length, this.dataLeftBytes));
    this.leftBytes -= length;
    if (this.leftBytes === 0) this.endMessage();
    return length === byteLength;
  }

  /** Data that the message announced and does not hold never comes. */
  private endMessage(): void {
    this.lose(this.dataLeftBytes);
  }

  private lose(byteLength: number): void {
    const { transaction } = this;
    if (transaction === null) return;
    const known = Math.min(this.knownBytes, byteLength);
    this.knownBytes -= known;
    this.dataLeftBytes -= byteLength;
    if (known < byteLength) transaction.file?.transfer?.gap(byteLength - known);
    if (this.dataLeftBytes === 0) this.finish(transaction);
  }

  private finish(transaction: NfsTransaction): void {
    this.transaction = null;
    this.connection.endPiece(transaction);
  }
}
