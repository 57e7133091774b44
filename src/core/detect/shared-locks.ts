/**
 * Locks of the parts of a table in shared memory. A lock is held for some hundred nanoseconds. Who finds it taken spins
 * SPINS times, then sleeps by milliseconds (`waits`), four times PATIENCE_MS at most. When the same thread holds it for
 * PATIENCE_MS, the part is closed: nobody gets it, at once, and `closed` counts it. A holder that was only slow opens the
 * part again when it lets go; the part of one that died stays closed. Nobody takes a lock from another, so nothing is
 * ever half written.
 *
 * @hotpath
 */

const SPINS = 500;
const PATIENCE_MS = 250;
/** A lock has a cache line of its own: 0 free, n held by thread n, -n closed while thread n held it. */
const LOCK_WORDS = 16;

export function lockWords(parts: number): number {
  return parts * LOCK_WORDS;
}

export class SharedLocks {
  /** Times that a lock was slept for. */
  waits = 0;
  /** Times that a part was closed to us. */
  closed = 0;
  private readonly words: Int32Array;
  private readonly first: number;
  private readonly threadNumber: number;

  /**
   * @param first word of the first lock.
   * @param threadNumber from 1, another for each thread.
   */
  constructor(words: Int32Array, first: number, threadNumber: number) {
    this.words = words;
    this.first = first;
    this.threadNumber = threadNumber;
  }

  /** False: the part is closed. */
  acquire(part: number): boolean {
    if (this.tryAcquire(part) === 0 || this.waitFor(part)) return true;
    this.closed++;
    return false;
  }

  /** 0: the lock is ours; else what it says. */
  tryAcquire(part: number): number {
    const place = this.first + part * LOCK_WORDS;
    return Atomics.compareExchange(this.words, place, 0, this.threadNumber);
  }

  release(part: number): void {
    // Nobody changes what a closed part holds: to let go is to open it.
    Atomics.store(this.words, this.first + part * LOCK_WORDS, 0);
  }

  private waitFor(part: number): boolean {
    for (let spin = 0; spin < SPINS; spin++) {
      const holder = this.tryAcquire(part);
      if (holder === 0) return true;
      if (holder < 0) return false;
    }
    return this.sleepFor(part);
  }

  private sleepFor(part: number): boolean {
    const { words } = this;
    const lock = this.first + part * LOCK_WORDS;
    let holder = 0;
    let sameMs = 0;
    for (let allMs = 0; allMs < 4 * PATIENCE_MS && sameMs < PATIENCE_MS; allMs++) {
      const now = this.tryAcquire(part);
      if (now === 0) return true;
      if (now < 0) return false;
      sameMs = now === holder ? sameMs + 1 : 0;
      holder = now;
      this.waits++;
      Atomics.wait(words, lock, now, 1);
    }
    if (sameMs >= PATIENCE_MS) Atomics.compareExchange(words, lock, holder, -holder);
    return false;
  }
}
