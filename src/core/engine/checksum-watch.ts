/**
 * Whether checksums are verified. `auto` verifies and decides once, at packet 1,000: when more than one in ten
 * was wrong, the capture was taken before the network card filled them in, and verifying stops.
 *
 * @hotpath
 */
import { type Packet, PacketSource } from "../layers/packet.ts";

export type ChecksumMode = "verify" | "ignore" | "auto";

const DECISION_PACKETS = 1000;
const WRONG_SHARE_MAX = 0.1;

export class ChecksumWatch {
  isOn: boolean;
  private readonly mode: ChecksumMode;
  private seen = 0;
  private wrong = 0;

  constructor(mode: ChecksumMode) {
    this.mode = mode;
    this.isOn = mode !== "ignore";
  }

  /** Checksums of packets from the wire are taken for right while it is off. */
  ignores({ source }: Packet): boolean {
    return !this.isOn && source === PacketSource.wire;
  }

  count(isWrong: boolean): void {
    if (this.mode !== "auto" || this.seen >= DECISION_PACKETS) return;
    this.seen++;
    if (isWrong) this.wrong++;
    if (this.seen === DECISION_PACKETS && this.wrong > DECISION_PACKETS * WRONG_SHARE_MAX)
      this.isOn = false;
  }
}
