/**
 * Connections that a parser told of before they come (the data connections of FTP): kept until they come or
 * their time is over. Bounded; at the limit the oldest goes, and it is counted.
 */
import type { Flow } from "../flow/flow.ts";
import type { Expectation } from "../protocols/protocol.ts";

export const EXPECTATIONS_MAX = 65_536;
/** How long one is kept, as Suricata does. */
const LIFE_US = 30_000_000;

interface Expected {
  readonly expectation: Expectation;
  readonly parentId: number;
  readonly expiresUs: number;
}

/** What a flow was expected for. */
export interface TakenExpectation {
  readonly protocol: string;
  readonly data: unknown;
  /** The flow that told of it. */
  readonly parentId: number;
}

export class ExpectationTable {
  /** Expectations so far, and those that the limit pushed out. */
  count = 0;
  dropped = 0;
  private readonly byKey = new Map<string, Expected>();

  add(expectation: Expectation, flow: Flow, timeUs: number): void {
    const key = keyOf(flow, expectation.direction === 1, expectation.port);
    this.byKey.delete(key);
    if (this.byKey.size >= EXPECTATIONS_MAX) this.dropOldest();
    this.count++;
    this.byKey.set(key, { expectation, parentId: flow.id, expiresUs: timeUs + LIFE_US });
  }

  /** What the new flow was expected for; null for most. */
  take(flow: Flow, timeUs: number): TakenExpectation | null {
    if (this.byKey.size === 0) return null;
    const key = keyOf(flow, false, flow.destinationPort);
    const found = this.byKey.get(key);
    if (found === undefined) return null;
    this.byKey.delete(key);
    if (found.expiresUs < timeUs) return null;
    const { protocol, data } = found.expectation;
    return { protocol, data, parentId: found.parentId };
  }

  private dropOldest(): void {
    for (const key of this.byKey.keys()) {
      this.byKey.delete(key);
      this.dropped++;
      return;
    }
  }
}

/** From whom, to whom, to which port. */
function keyOf(flow: Flow, isSwapped: boolean, port: number): string {
  const from = isSwapped ? flow.destinationWords : flow.sourceWords;
  const to = isSwapped ? flow.sourceWords : flow.destinationWords;
  return `${from.join(".")}>${to.join(".")}:${port}`;
}
