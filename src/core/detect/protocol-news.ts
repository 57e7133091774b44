/**
 * Tells the packets at which rules about nothing but the application protocol are asked: of each direction the
 * first after the one with which the protocol was found, or given up, there. Datagrams, and packets in inline
 * mode, are told at once.
 *
 * @hotpath
 */
import type { ApplicationState } from "../protocols/application-state.ts";
import { FAILED_PROTOCOL } from "../protocols/registry.ts";

const BOTH = 3;

export class ProtocolNews {
  /** Directions that are known to be decided: bits 1 to server, 2 to client. */
  private known = 0;
  /** Directions whose next packet is to be told. */
  private waiting = 0;

  /** Called once for each packet, after the application layer is done with it. */
  take(state: ApplicationState | null, direction: number, isAtOnce: boolean): boolean {
    const decided = state === null ? 0 : decidedOf(state);
    const fresh = decided & ~this.known;
    this.known = decided;
    if (isAtOnce) return fresh !== 0;
    const bit = 1 << direction;
    const isNews = (this.waiting & bit) !== 0;
    this.waiting = (this.waiting & ~bit) | fresh;
    return isNews;
  }
}

function decidedOf(state: ApplicationState): number {
  return state.protocol === FAILED_PROTOCOL ? BOTH : state.detectedSides;
}
