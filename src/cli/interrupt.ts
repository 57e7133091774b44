/**
 * SIGINT and SIGTERM: the first one asks the work to stop after the packet at hand, so that logs end whole; a second
 * one ends the process at once. Exit codes are the shell's: 128 and the signal's number.
 */
import os from "node:os";

const SIGNALS = ["SIGINT", "SIGTERM"] as const;
const SIGNAL_EXIT_BASE = 128;

export class Interrupt {
  /** The signal that asked to stop; null while none did. */
  signal: (typeof SIGNALS)[number] | null = null;
  /** Called once when a signal comes: ends a read that waits. */
  onStop: () => void = () => {};

  listen(): void {
    for (const signal of SIGNALS) process.on(signal, () => this.note(signal));
  }

  get isRequested(): boolean {
    return this.signal !== null;
  }

  get exitCode(): number {
    return this.signal === null ? 0 : SIGNAL_EXIT_BASE + os.constants.signals[this.signal];
  }

  private note(signal: (typeof SIGNALS)[number]): void {
    if (this.signal !== null) process.exit(this.exitCode);
    this.signal = signal;
    this.onStop();
  }
}
