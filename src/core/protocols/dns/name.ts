/**
 * Domain names of DNS messages (RFC 1035 §3.1, §4.1.4): labels joined with dots, compression pointers followed.
 * A name is cut, and says so, where it is too long, loops or has too many labels but its end in the message is
 * known; without a known end the message is broken.
 */

import type { ByteSlab } from "../../bytes/byte-slab.ts";

/** A domain name as it is matched and logged. */
export interface DnsName {
  /** Labels with dots between them, in the case they were sent in; empty for the root. */
  readonly bytes: Uint8Array;
  /** It went on, but was cut at a limit. */
  readonly isCut: boolean;
}

/** Bytes of one name, dots included; names are cut there. */
export const NAME_BYTES_MAX = 1025;
/** Labels and pointers of one name. */
export const NAME_STEPS_MAX = 255;
/** Bytes and steps of all names of one message: pointers can make 64 KiB unfold to a hundred times that. */
export const MESSAGE_NAME_COST_MAX = 1 << 20;

/** What was odd about the names of a message. */
export interface NameProblems {
  hasCutName: boolean;
  hasLoop: boolean;
  hasTooManyLabels: boolean;
}

const POINTER = 0xc0;
const NO_END = -1;

/** Reads the names of one message, which lies in [start, end) of `bytes`. */
export class NameReader implements NameProblems {
  hasCutName = false;
  hasLoop = false;
  hasTooManyLabels = false;
  /** One past the name that was read last. */
  next = 0;
  private readonly bytes: Uint8Array;
  private readonly start: number;
  private readonly end: number;
  /** Of the name measured last: bytes of its text, whether a limit cut it. */
  private length = 0;
  private isCut = false;
  private cost = 0;

  constructor(bytes: Uint8Array, start: number, end: number) {
    this.bytes = bytes;
    this.start = start;
    this.end = end;
  }

  /** The name at `at`, of which nothing before the first pointer may reach `end`. Null: broken. */
  read(at: number, end: number): DnsName | null {
    if (!this.measure(at, end)) return null;
    return { bytes: this.copy(at, end), isCut: this.isCut };
  }

  /** Begins with a section that was passed over before: its names count anew. */
  restart(): void {
    this.cost = 0;
  }

  /** Copies the name at `at` into the slab, where it has `textBytes` bytes; -1: broken. */
  readInto(slab: ByteSlab, at: number, end: number): number {
    if (!this.measure(at, end)) return -1;
    const place = slab.reserve(this.length);
    this.write(at, end, slab.bytes, place);
    return place;
  }

  get textBytes(): number {
    return this.length;
  }

  /** Passes over a name; false: broken. */
  skip(at: number, end: number): boolean {
    return this.measure(at, end);
  }

  /** Finds the end, the length and the problems of a name, without making anything; false: broken. */
  private measure(at: number, end: number): boolean {
    this.length = 0;
    let limit = end;
    let afterPointer = NO_END;
    let isCut = false;
    for (let steps = 1; ; steps++) {
      if (at >= limit) break;
      const lead = this.bytes[at]!;
      if (lead === 0) {
        at++;
        break;
      }
      if (lead < 64) {
        if (at + 1 + lead > limit) return false;
        if (!isCut) this.countLabel(lead);
        at += 1 + lead;
      } else {
        const target = this.pointerTarget(at, limit);
        if (target < 0) return false;
        if (target === at && limit === this.end) {
          this.hasLoop = true;
          if (afterPointer === NO_END) return false;
          break;
        }
        if (afterPointer === NO_END) afterPointer = at + 2;
        at = target;
        limit = this.end;
      }
      if (steps > NAME_STEPS_MAX) {
        this.hasTooManyLabels = true;
        if (afterPointer === NO_END) return false;
        isCut = true;
        break;
      }
      if (this.isFull()) {
        isCut = true;
        if (afterPointer !== NO_END) break;
      }
    }
    this.next = afterPointer === NO_END ? at : afterPointer;
    if (isCut) this.hasCutName = true;
    this.isCut = isCut;
    return true;
  }

  /** The text of the name just measured, in an array of its own length. */
  private copy(at: number, end: number): Uint8Array {
    const text = new Uint8Array(this.length);
    this.write(at, end, text, 0);
    return text;
  }

  private write(at: number, end: number, target: Uint8Array, from: number): void {
    const { bytes } = this;
    const last = from + this.length;
    let limit = end;
    let next = from;
    while (next < last) {
      const lead = bytes[at]!;
      if (lead < 64) {
        if (next > from) target[next++] = 0x2e;
        for (let i = 1; i <= lead && next < last; i++) target[next++] = bytes[at + i]!;
        at += 1 + lead;
      } else {
        at = this.pointerTarget(at, limit);
        limit = this.end;
      }
    }
  }

  /** Offset that the two bytes of a pointer mean; -1 when they are none. */
  private pointerTarget(at: number, limit: number): number {
    const { bytes, start, end } = this;
    if (bytes[at]! < POINTER || at + 2 > limit) return -1;
    const target = start + ((bytes[at]! & 0x3f) << 8) + bytes[at + 1]!;
    return target > end ? -1 : target;
  }

  private countLabel(byteLength: number): void {
    this.length += this.length > 0 ? byteLength + 1 : byteLength;
    this.cost += byteLength + 1;
  }

  /** Cuts the name at its limit; true when nothing more fits. */
  private isFull(): boolean {
    this.cost++;
    if (this.length <= NAME_BYTES_MAX) return this.cost > MESSAGE_NAME_COST_MAX;
    this.length = NAME_BYTES_MAX;
    return true;
  }
}
