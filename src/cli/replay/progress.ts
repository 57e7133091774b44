/** A line on the terminal that is written over, for captures that take more than a second. */

const DELAY_MS = 1000;
const INTERVAL_MS = 500;
const CLEAR_LINE = "\r\u001b[K";

export interface ProgressSource {
  readonly name: string;
  readonly sizeBytes: number | null;
  readonly positionBytes: number;
}

export class Progress {
  private readonly started = Date.now();
  private readonly source: ProgressSource;
  private shownAt = 0;

  constructor(source: ProgressSource) {
    this.source = source;
  }

  /** Writes the line when it is time to, and the terminal is one. */
  show(packets: number): void {
    const now = Date.now();
    if (process.stderr.isTTY !== true) return;
    if (now - this.started < DELAY_MS || now - this.shownAt < INTERVAL_MS) return;
    this.shownAt = now;
    process.stderr.write(`${CLEAR_LINE}${progressText(this.source, packets, now - this.started)}`);
  }

  /** Takes the line away, before something else is written. */
  clear(): void {
    if (this.shownAt > 0) process.stderr.write(CLEAR_LINE);
    this.shownAt = 0;
  }
}

/** `traffic.pcap: 43 %, 1200000 packets, 12 s left`; without a size there is no share and no rest. */
export function progressText(source: ProgressSource, packets: number, elapsedMs: number): string {
  const { name, sizeBytes, positionBytes } = source;
  if (sizeBytes === null || sizeBytes === 0 || positionBytes === 0) {
    return `${name}: ${packets} packets`;
  }
  const share = Math.min(1, positionBytes / sizeBytes);
  const leftSeconds = Math.round((elapsedMs * (1 - share)) / share / 1000);
  return `${name}: ${Math.floor(100 * share)} %, ${packets} packets, ${leftSeconds} s left`;
}
