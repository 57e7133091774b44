/**
 * The rest of a message whose beginning was taken already, in one direction: data that goes on into a file, then
 * bytes that mean nothing.
 */
import type { FileTransfer } from "../files/file-transfer.ts";

export class PieceFeed {
  private transfer: FileTransfer | null = null;
  /** 0 <= dataLeftBytes <= leftBytes. */
  private dataLeftBytes = 0;
  private leftBytes = 0;

  /** The message that is being taken announces `byteLength` more bytes of data for a file. */
  expect(transfer: FileTransfer, byteLength: number): void {
    this.transfer = transfer;
    this.dataLeftBytes = byteLength;
  }

  /** So many bytes of the message are still to come; data that they do not hold never comes. */
  restOfMessage(byteLength: number): void {
    this.leftBytes = byteLength;
    this.dataLeftBytes = Math.min(this.dataLeftBytes, byteLength);
  }

  /** Takes what belongs to the message; returns how many bytes. */
  take(bytes: Uint8Array, start: number, end: number): number {
    if (this.leftBytes === 0) {
      this.dataLeftBytes = 0;
      return 0;
    }
    const length = Math.min(end - start, this.leftBytes);
    const data = Math.min(length, this.dataLeftBytes);
    if (data > 0) this.transfer?.append(bytes, start, start + data);
    this.advance(length, data);
    return length;
  }

  gap(byteLength: number): void {
    const length = Math.min(byteLength, this.leftBytes);
    const data = Math.min(length, this.dataLeftBytes);
    if (data > 0) this.transfer?.gap(data);
    this.advance(length, data);
  }

  private advance(length: number, data: number): void {
    this.leftBytes -= length;
    this.dataLeftBytes -= data;
    if (this.leftBytes === 0) this.transfer = null;
  }
}
