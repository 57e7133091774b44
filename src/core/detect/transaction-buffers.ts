/**
 * The buffers of the transaction under inspection, with what transforms make of them: each is read at most once
 * for a transaction, whatever the number of rules that look into it, and copied into a scratch region of the
 * arena where the kernels can scan it. When that is full a buffer counts as absent and `refused` says so.
 */
import type { Arena } from "../bytes/arena.ts";
import { type BufferSource, BufferView } from "../protocols/buffer.ts";
import type { Transaction } from "../protocols/transaction.ts";
import type { BufferEntry } from "./buffer-table.ts";
import { ByteRange } from "./byte-range.ts";

/** Bytes that the buffers of one transaction may take, windows of bodies included. */
export const TRANSACTION_SCRATCH_BYTES = 4 * 1024 * 1024;
/** Instances of one multi buffer that are looked at in one transaction. */
export const BUFFER_INSTANCES_MAX = 1024;
const TRANSFORM_ROOM_MIN = 4096;

/** Where an instance lies in the scratch region. */
class Instance {
  start = 0;
  end = 0;
  offset = 0;
  isLast = true;
  isLittleEndian = false;
}

class BufferInstances {
  stamp = -1;
  count = 0;
  /** No more instances follow the known ones. */
  isWhole = false;
  readonly items: Instance[] = [];
}

export class TransactionBuffers {
  refused = 0;
  /** What the last `find` that was true found. */
  start = 0;
  end = 0;
  offset = 0;
  isLast = true;
  isLittleEndian = false;
  private readonly entries: readonly BufferEntry[];
  private readonly known: readonly BufferInstances[];
  private readonly bytes: Uint8Array;
  private readonly view = new BufferView();
  private readonly range: ByteRange;
  private readonly output: ByteRange;
  private readonly scratchStart: number;
  private readonly scratchEnd: number;
  private scratchNext: number;
  private stamp = 0;

  constructor(entries: readonly BufferEntry[], arena: Arena) {
    this.entries = entries;
    this.bytes = arena.bytes;
    this.known = entries.map(() => new BufferInstances());
    this.range = new ByteRange(arena.bytes);
    this.output = new ByteRange(arena.bytes);
    const isNeeded = entries.some(({ declaration }) => declaration.scope === "transaction");
    this.scratchStart = isNeeded ? arena.allocate(TRANSACTION_SCRATCH_BYTES) : 0;
    this.scratchEnd = isNeeded ? this.scratchStart + TRANSACTION_SCRATCH_BYTES : 0;
    this.scratchNext = this.scratchStart;
  }

  /** Begins with another transaction or direction. */
  reset(): void {
    this.stamp++;
    this.scratchNext = this.scratchStart;
  }

  /** Sets start, end, offset and isLast to instance `index` of a buffer; false when there is none. */
  find(bufferId: number, source: BufferSource, transaction: Transaction, index: number): boolean {
    const known = this.known[bufferId]!;
    if (known.stamp !== this.stamp) {
      known.stamp = this.stamp;
      known.count = 0;
      known.isWhole = false;
    }
    while (known.count <= index && !known.isWhole) {
      known.isWhole = !this.read(known, bufferId, source, transaction);
      if (known.count >= BUFFER_INSTANCES_MAX) known.isWhole = true;
    }
    if (index >= known.count) return false;
    const instance = known.items[index]!;
    this.start = instance.start;
    this.end = instance.end;
    this.offset = instance.offset;
    this.isLast = instance.isLast;
    this.isLittleEndian = instance.isLittleEndian;
    return true;
  }

  private read(
    known: BufferInstances,
    bufferId: number,
    source: BufferSource,
    transaction: Transaction,
  ): boolean {
    const { view, range } = this;
    if (!source.read(transaction, known.count, view)) return false;
    const { transforms } = this.entries[bufferId]!;
    const length = view.end - view.start;
    if (length > this.scratchEnd - this.scratchNext) {
      this.refused++;
      return false;
    }
    range.start = this.scratchNext;
    range.end = range.start + length;
    copyInto(this.bytes, range.start, view);
    this.scratchNext = range.end;
    for (let i = 0; i < transforms.length; i++) {
      if (!this.transform(bufferId, i)) return false;
    }
    known.items[known.count] ??= new Instance();
    const instance = known.items[known.count++]!;
    instance.start = range.start;
    instance.end = range.end;
    instance.offset = view.offset;
    instance.isLast = view.isLast;
    instance.isLittleEndian = view.isLittleEndian;
    return source.buffer.multi === true;
  }

  private transform(bufferId: number, index: number): boolean {
    const { range, output, scratchNext, scratchEnd } = this;
    if (scratchEnd - scratchNext < TRANSFORM_ROOM_MIN) {
      this.refused++;
      return false;
    }
    range.bytes = output.bytes = this.bytes;
    output.start = output.end = scratchNext;
    const transform = this.entries[bufferId]!.transforms[index]!;
    if (!transform.apply(range, output, scratchEnd)) return false;
    if (output.start >= scratchNext && output.end <= scratchEnd) this.scratchNext = output.end;
    range.start = output.start;
    range.end = output.end;
    return true;
  }
}

/** Fields that own their array at once, short ones byte by byte. */
function copyInto(target: Uint8Array, at: number, { bytes, start, end }: BufferView): void {
  if (end - start > 64 && start === 0 && end === bytes.length) {
    target.set(bytes, at);
    return;
  }
  if (end - start > 256) target.set(bytes.subarray(start, end), at);
  else for (let i = start; i < end; i++) target[at + i - start] = bytes[i]!;
}
