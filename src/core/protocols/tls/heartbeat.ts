/**
 * Heartbeats (RFC 6520): requests that claim more than they carry, and answers that are longer than what was
 * asked for (CVE-2014-0160). After a change of cipher only the lengths can be compared.
 */
import { readUint16 } from "../../bytes/endian.ts";
import type { TlsTransaction } from "./transaction.ts";

const TYPE_REQUEST = 1;
const TYPE_RESPONSE = 2;
const HEADER_BYTES = 3;
const PADDING_BYTES_MIN = 16;
const NOBODY = -1;

export class HeartbeatWatch {
  /** Direction of the message that waits for an answer. */
  private asker = NOBODY;
  /** Length of an encrypted request; 0 without. */
  private requestBytes = 0;

  /** Takes the record contents in [start, end). False: the connection cannot be followed on. */
  read(
    transaction: TlsTransaction,
    direction: number,
    bytes: Uint8Array,
    start: number,
    end: number,
  ): boolean {
    const length = end - start;
    if (length < HEADER_BYTES) return true;
    const isEncrypted = transaction.hasChangedCipher;
    const type = bytes[start]!;
    if (!isEncrypted && type !== TYPE_REQUEST && type !== TYPE_RESPONSE) {
      transaction.note("invalid_heartbeat_message");
      return false;
    }
    if (this.asker === NOBODY) {
      this.asker = direction;
      if (!isEncrypted) return checkPayload(transaction, readUint16(bytes, start + 1), length);
      this.requestBytes = length;
      return true;
    }
    if (this.asker === direction) {
      transaction.note("invalid_heartbeat_message");
      return false;
    }
    return this.takeAnswer(transaction, length, isEncrypted);
  }

  private takeAnswer(transaction: TlsTransaction, length: number, isEncrypted: boolean): boolean {
    const { requestBytes } = this;
    this.asker = NOBODY;
    this.requestBytes = 0;
    if (!isEncrypted || requestBytes === 0 || requestBytes >= length) return true;
    transaction.note("dataleak_heartbeat_mismatch");
    return false;
  }
}

function checkPayload(transaction: TlsTransaction, payload: number, length: number): boolean {
  const padding = length - payload - HEADER_BYTES;
  if (padding >= PADDING_BYTES_MIN) return true;
  transaction.note(padding < 0 ? "overflow_heartbeat_message" : "invalid_heartbeat_message");
  return false;
}
