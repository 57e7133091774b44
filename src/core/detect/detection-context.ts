/**
 * What a check may look at: the packet under inspection, its flow and direction, and the state that rules
 * share. One object per engine, refilled for each packet.
 *
 * @hotpath
 */
import type { Flow } from "../flow/flow.ts";
import { Packet } from "../layers/packet.ts";
import type { Transaction } from "../protocols/transaction.ts";
import type { TcpSession } from "../stream/tcp-session.ts";
import { INSPECTION_STEPS_MAX } from "./chain.ts";
import type { CompiledRule } from "./compiled-rule.ts";
import type { DetectionState } from "./detection-state.ts";
import type { Replacements } from "./replacements.ts";

export class DetectionContext {
  /** The arena. */
  readonly bytes: Uint8Array;
  readonly state: DetectionState;
  packet: Packet = new Packet();
  flow: Flow | null = null;
  session: TcpSession | null = null;
  /** A value of Direction. */
  direction = 0;
  /** The rule being evaluated. */
  rule: CompiledRule | null = null;
  /** The transaction that a rule matched in, for what it does then; null for other rules. */
  transaction: Transaction | null = null;
  /** Alerts of matches in TCP streams get the transaction that they most likely belong to. */
  guessesTransactions = false;
  stepLimit = INSPECTION_STEPS_MAX;
  /** How often a rule reached the step limit, a regular expression its own. */
  stepLimitHits = 0;
  regexLimitHits = 0;
  /** Where matches are overwritten when the packet goes on; null when nothing may be changed. */
  replacements: Replacements | null = null;

  constructor(bytes: Uint8Array, state: DetectionState) {
    this.bytes = bytes;
    this.state = state;
  }
}
