/** One wait for "packets are there", with a time limit, over a native call that tells it once. */

export class Waiting {
  private readonly watch: (callback: (() => void) | null) => void;
  private resolve: ((isReady: boolean) => void) | null = null;
  private pending: Promise<boolean> | null = null;
  private timer: NodeJS.Timeout | null = null;

  /** @param watch asks to be called once; null takes that back. */
  constructor(watch: (callback: (() => void) | null) => void) {
    this.watch = watch;
  }

  /** A wait that is still on is shared: its own time limit holds. */
  wait(timeoutMs: number): Promise<boolean> {
    if (this.pending !== null) return this.pending;
    this.pending = new Promise((resolve) => {
      this.resolve = resolve;
    });
    this.timer = setTimeout(() => this.settle(false), timeoutMs);
    this.watch(() => this.settle(true));
    return this.pending;
  }

  /** Ends a wait that is on. */
  end(): void {
    this.settle(false);
  }

  private settle(isReady: boolean): void {
    const { resolve } = this;
    if (resolve === null) return;
    if (!isReady) this.watch(null);
    if (this.timer !== null) clearTimeout(this.timer);
    this.resolve = this.pending = this.timer = null;
    resolve(isReady);
  }
}
