/**
 * What metrics have to tell with the packet under inspection: limits that were passed, values seen for the first time.
 * A rule takes the signal of its own limit when everything else in it matches. One that no rule took may only have come
 * with a packet of the wrong direction, so it is shown once more with the flow's next packet of the other one.
 *
 * @hotpath
 */
import type { Flow } from "../../flow/flow.ts";
import { PENDING_SIGNALS_MAX } from "./metric-limits.ts";

/** Whose key the signal is of. */
export const Role = { client: 0, server: 1, both: 2 } as const;

/** Signals that one packet may raise. */
const SIGNALS_MAX = 64;
const PENDING_US = 60_000_000;

/** What a signal is of: a limit of one rule. */
export interface SignalSource {
  /** A rule took the signal, here or in another thread. */
  take(signal: Signal): void;
  /** It has not been told by another signal since. */
  isOpen(signal: Signal): boolean;
}

export class Signal {
  source: SignalSource | null = null;
  /** A value of Role. */
  role = 0;
  slot = 0;
  /** The window, by its number. */
  window = 0;
  value = 0;
  /** Expected value and scatter, of a baseline; windows that it was learned from. */
  mean = 0;
  scatter = 0;
  learnedWindows = 0;
  /** What was first seen, as text. */
  subject = "";
  flowSerial = 0;
  direction = 0;
  raisedUs = 0;
  isTaken = false;
  isRepeated = false;
}

export class Signals {
  /** Of the packet under inspection: the first `count`. */
  readonly current: Signal[] = [];
  count = 0;
  /** Signals raised, and taken by rules, so far. */
  raised = 0;
  taken = 0;
  /** Signals that found no place. */
  refused = 0;
  /** What others found is not told here. */
  isMuted = false;
  /** Whether no other thread took the same before; null: there are none. */
  isFirst: ((signal: Signal) => boolean) | null = null;
  /** Hears of signals that a rule took. */
  onTake: ((signal: Signal) => void) | null = null;
  private readonly waiting: Signal[] = [];
  private waitingCount = 0;
  private flowSerial = 0;
  private direction = 0;
  private nowUs = 0;

  constructor() {
    for (let i = 0; i < SIGNALS_MAX; i++) this.current.push(new Signal());
    for (let i = 0; i < PENDING_SIGNALS_MAX; i++) this.waiting.push(new Signal());
  }

  /** The next packet begins: signals before it are over, or wait for their flow's other direction. */
  startPacket(flow: Flow | null, direction: number, timeUs: number): void {
    if (this.count > 0) this.putAside();
    this.flowSerial = flow === null ? 0 : flow.serial;
    this.direction = direction;
    this.nowUs = timeUs;
    if (this.waitingCount > 0) this.takeUp();
  }

  /** A new signal, its numbers to be filled; null when the packet has enough of them. */
  raise(source: SignalSource, role: number, slot: number): Signal | null {
    if (this.isMuted) return null;
    if (this.count >= SIGNALS_MAX) {
      this.refused++;
      return null;
    }
    const signal = this.current[this.count++]!;
    this.raised++;
    signal.source = source;
    signal.role = role;
    signal.slot = slot;
    signal.flowSerial = this.flowSerial;
    signal.direction = this.direction;
    signal.raisedUs = this.nowUs;
    signal.isTaken = signal.isRepeated = false;
    signal.mean = signal.scatter = signal.learnedWindows = 0;
    signal.subject = "";
    return signal;
  }

  /** A rule takes the signal; false when another thread took the same: then nothing is to be told. */
  take(signal: Signal): boolean {
    const isOurs = signal.isTaken || this.isFirst === null || this.isFirst(signal);
    if (!signal.isTaken && isOurs) this.taken++;
    signal.isTaken = true;
    signal.source?.take(signal);
    if (isOurs) this.onTake?.(signal);
    return isOurs;
  }

  private putAside(): void {
    for (let i = 0; i < this.count; i++) {
      const signal = this.current[i]!;
      if (signal.isTaken || signal.isRepeated || signal.flowSerial === 0) continue;
      if (this.waitingCount === PENDING_SIGNALS_MAX) {
        this.refused++;
        continue;
      }
      this.current[i] = this.waiting[this.waitingCount]!;
      this.waiting[this.waitingCount++] = signal;
    }
    this.count = 0;
  }

  private takeUp(): void {
    for (let i = this.waitingCount - 1; i >= 0; i--) {
      const signal = this.waiting[i]!;
      const isDue = signal.flowSerial === this.flowSerial && signal.direction !== this.direction;
      const isOld = this.nowUs - signal.raisedUs > PENDING_US;
      if (!isDue && !isOld) continue;
      const last = --this.waitingCount;
      this.waiting[i] = this.waiting[last]!;
      this.waiting[last] = signal;
      if (!isDue || this.count >= SIGNALS_MAX || signal.source?.isOpen(signal) !== true) continue;
      this.waiting[last] = this.current[this.count]!;
      this.current[this.count++] = signal;
      signal.isRepeated = true;
    }
  }
}
