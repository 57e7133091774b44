/**
 * The interfaces that a connection asked for (bind, alter_context) and what the server said to each. Calls name
 * them by context number.
 */
import { PduFlag, type PduHeader, readUuid } from "./pdu.ts";

/** Interfaces remembered for one connection; the oldest go first. A single bind may name 255. */
export const INTERFACES_MAX = 1024;

const ITEM_BYTES = 24;
const SYNTAX_BYTES = 20;
const RESULT_BYTES = 24;

export interface BoundInterface {
  readonly uuid: Uint8Array;
  readonly contextId: number;
  readonly version: number;
  readonly minorVersion: number;
  /** The bind's call. */
  readonly callId: number;
  /** It came in the first fragment of its bind. */
  readonly isInFirstFragment: boolean;
  isAnswered: boolean;
  /** 0: accepted. */
  result: number;
  reason: number;
}

export class InterfaceTable {
  readonly items: BoundInterface[] = [];
  /** The interfaces of the last bind, in its order. */
  private asked: BoundInterface[] = [];

  /**
   * Reads the context list of a bind that begins at `start`, behind the PDU's header. False: it does not fit
   * into [start, end).
   */
  readBind(header: PduHeader, bytes: Uint8Array, start: number, end: number): boolean {
    if (end - start < 12) return false;
    const asked: BoundInterface[] = [];
    let at = start + 12;
    for (let left = bytes[start + 8]!; left > 0; left--) {
      if (end - at < ITEM_BYTES) return false;
      asked.push(readItem(header, bytes, at));
      at += ITEM_BYTES + SYNTAX_BYTES * bytes[at + 2]!;
      if (at > end) return false;
    }
    this.asked = asked;
    for (const item of asked) this.items.push(item);
    if (this.items.length > INTERFACES_MAX) {
      this.items.splice(0, this.items.length - INTERFACES_MAX);
    }
    return true;
  }

  /** Reads the results of an acknowledgement that begins at `start`, behind the header. */
  readAcknowledgement(
    header: PduHeader,
    bytes: Uint8Array,
    start: number,
    end: number,
    base: number,
  ): boolean {
    if (end - start < 10) return false;
    const addressEnd = start + 10 + header.uint16(bytes, start + 8);
    const listStart = addressEnd + ((4 - ((addressEnd - base) & 3)) & 3);
    if (end - listStart < 4) return false;
    let at = listStart + 4;
    const count = bytes[listStart]!;
    if (end - at < count * RESULT_BYTES) return false;
    for (let i = 0; i < count; i++, at += RESULT_BYTES) {
      const item = this.asked[i];
      if (item === undefined) continue;
      item.isAnswered = true;
      item.result = header.uint16(bytes, at);
      item.reason = header.uint16(bytes, at + 2);
    }
    return true;
  }

  /** Whether a call in a context is to an accepted interface that `matches`. */
  hasAccepted(contextId: number, matches: (item: BoundInterface) => boolean): boolean {
    for (const item of this.items) {
      const isOpen = item.isAnswered && item.result === 0 && item.contextId === contextId;
      if (isOpen && matches(item)) return true;
    }
    return false;
  }
}

function readItem(header: PduHeader, bytes: Uint8Array, at: number): BoundInterface {
  return {
    contextId: header.uint16(bytes, at),
    uuid: readUuid(bytes, at + 4, header.isLittleEndian),
    version: header.uint16(bytes, at + 20),
    minorVersion: header.uint16(bytes, at + 22),
    callId: header.callId,
    isInFirstFragment: header.has(PduFlag.firstFragment),
    isAnswered: false,
    result: 0,
    reason: 0,
  };
}
