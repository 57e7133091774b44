/**
 * What keeps numbers for addresses: one engine's own table (address-table.ts), or one that the engines of several
 * threads share (shared-address-table.ts). Work on a key is: set `key`, `acquire`, find, insert or remove and use
 * the slot's columns, `release`. A slot means nothing after `release`.
 *
 * @hotpath
 */
import type { AddressKey } from "./address-key.ts";

export interface AddressStore {
  /** What everything below is about. */
  readonly key: AddressKey;
  /** Several engines use it: names in its keys are the same in all of them. */
  readonly isShared: boolean;
  /** Entries alive or expired and not yet removed; of a shared store, what this engine added less what it removed. */
  readonly count: number;
  /** Entries of all engines. */
  readonly countOfAll: number;
  /** Insertions that found no room. */
  readonly refused: number;

  /** Columns of the value, by slot. Times are packet time in microseconds. */
  readonly expiresUs: Float64Array;
  readonly startUs: Float64Array;
  readonly amount: Float64Array;
  readonly extra: Float64Array;

  /** Nobody else changes the current key's entry until `release`. False: it cannot be had, do as at the limit. */
  acquire(): boolean;
  release(): void;

  /** Slot of the current key that is alive at `nowUs`, or -1. */
  find(nowUs: number): number;
  /** Slot of the current key, made with zero values when it is not there; -1 at the limit. */
  insert(nowUs: number): number;
  remove(slot: number): void;
  clear(): void;
}
