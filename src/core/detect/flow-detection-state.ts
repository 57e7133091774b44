/**
 * What detection keeps with one flow: its bits, integers and variables, the rule groups found for its two
 * directions, tags and per-flow thresholds. Made when the first rule asks; the containers inside are made when
 * first written, because most flows never need them.
 *
 * @hotpath
 */
import type { Flow, FlowDetection } from "../flow/flow.ts";
import type { DetectionLimits } from "./detection-state.ts";
import type { ProtocolNews } from "./protocol-news.ts";
import { carriedTag, type RuleCarry } from "./rule-carry.ts";
import type { RuleGroup } from "./rule-group.ts";
import type { TagSpec } from "./rule-state.ts";

/** A count of matches in a window of packet time, for thresholds tracked by flow. */
export interface FlowThreshold {
  startUs: number;
  count: number;
  extra: number;
}

/** A tag on the session: packets of the flow are recorded until its limit is reached. */
export interface SessionTag {
  /** Number of the rule's tag. */
  readonly tagId: number;
  readonly spec: TagSpec;
  readonly startUs: number;
  /** Packets or bytes so far. */
  amount: number;
  /** The packet that set the tag was not counted yet. */
  isFirst: boolean;
}

export class FlowDetectionState implements FlowDetection {
  /** The rule set that `groups` belong to: a reload makes them stale. */
  groupsGeneration = -1;
  groupToServer: RuleGroup | null = null;
  groupToClient: RuleGroup | null = null;
  /** Source port of the flow when the groups were found: a swapped flow has others. */
  groupsPort = -1;

  /** Made where rules ask for nothing but the application protocol. */
  protocolNews: ProtocolNews | null = null;
  tags: SessionTag[] | null = null;

  /** Entropy measured last, by name of the buffer; as many as rules name. */
  entropies: Map<string, number> | null = null;
  private thresholds: Map<number, FlowThreshold> | null = null;
  private readonly limits: DetectionLimits;
  private bits: Set<number> | null = null;
  private ints: Map<number, number> | null = null;
  private variables: Map<number, Uint8Array> | null = null;
  private answered: Set<number> | null = null;
  private readonly memos: [Map<object, object> | null, Map<object, object> | null] = [null, null];

  constructor(limits: DetectionLimits) {
    this.limits = limits;
  }

  /** Counts of thresholds tracked by flow, by rule and place. */
  flowThresholds(): Map<number, FlowThreshold> {
    this.thresholds ??= new Map();
    return this.thresholds;
  }

  get hasBits(): boolean {
    return this.bits !== null && this.bits.size > 0;
  }

  isBitSet(bit: number): boolean {
    return this.bits?.has(bit) ?? false;
  }

  setBit(bit: number): void {
    this.bits ??= new Set();
    this.bits.add(bit);
  }

  unsetBit(bit: number): void {
    this.bits?.delete(bit);
  }

  toggleBit(bit: number): void {
    if (this.isBitSet(bit)) this.unsetBit(bit);
    else this.setBit(bit);
  }

  /** Numbers of the bits that are set, in the order of setting. */
  get bitNumbers(): Iterable<number> {
    return this.bits ?? [];
  }

  /** An unsigned 32-bit value, or -1 when it was never set. */
  intValue(name: number): number {
    return this.ints?.get(name) ?? -1;
  }

  setInt(name: number, value: number): void {
    this.ints ??= new Map();
    this.ints.set(name, value >>> 0);
  }

  /** Names and values in the order of setting. */
  get intEntries(): Iterable<readonly [number, number]> {
    return this.ints ?? [];
  }

  /** The bytes that a rule captured under this name, or null. */
  variable(name: number): Uint8Array | null {
    return this.variables?.get(name) ?? null;
  }

  /** Copies [start, end), cut to the limit; past the limit of variables nothing is kept. */
  setVariable(name: number, bytes: Uint8Array, start: number, end: number): boolean {
    this.variables ??= new Map();
    const { flowVariablesMax, variableBytesMax } = this.limits;
    if (!this.variables.has(name) && this.variables.size >= flowVariablesMax) return false;
    this.variables.set(name, bytes.slice(start, Math.min(end, start + variableBytesMax)));
    return true;
  }

  get variableEntries(): Iterable<readonly [number, Uint8Array]> {
    return this.variables ?? [];
  }

  get hasVariables(): boolean {
    return this.variables !== null && this.variables.size > 0;
  }

  /** The rule with this index spoke about the flow as a whole, and need not again. */
  answer(ruleIndex: number): void {
    this.answered ??= new Set();
    this.answered.add(ruleIndex);
  }

  isAnswered(ruleIndex: number): boolean {
    return this.answered?.has(ruleIndex) ?? false;
  }

  /**
   * What a condition of a rule keeps about one direction of the flow; made when it asks for the first time. The
   * owner asks for one type, and bounds its size.
   */
  memo<Memo extends object>(owner: object, direction: number, make: () => Memo): Memo {
    const side = direction === 0 ? 0 : 1;
    this.memos[side] ??= new Map();
    const memos = this.memos[side];
    const known = memos.get(owner);
    if (known !== undefined) return known as Memo;
    const made = make();
    memos.set(owner, made);
    return made;
  }

  /** Another rule set is in use: groups of the old one are let go, what its rules keep moves to their successors. */
  carry({ same, named }: RuleCarry): void {
    this.groupsGeneration = -1;
    this.groupToServer = this.groupToClient = null;
    this.memos[0] = this.memos[1] = null;
    if (this.answered !== null) {
      const carried = [...this.answered].map((index) => same[index] ?? -1);
      this.answered = new Set(carried.filter((index) => index >= 0));
    }
    const { tags } = this;
    if (tags === null) return;
    this.tags = tags.flatMap((tag) => {
      const tagId = carriedTag(tag.tagId, named);
      return tagId < 0 ? [] : [{ ...tag, tagId }];
    });
  }

  release(): void {
    this.groupsGeneration = -1;
    this.groupToServer = this.groupToClient = null;
    this.groupsPort = -1;
    this.tags = this.thresholds = null;
    this.bits = this.ints = this.variables = this.answered = null;
    this.memos[0] = this.memos[1] = null;
  }
}

/** The state that is there already, or null. Only this class fills the slot. */
export function knownFlowState(flow: Flow): FlowDetectionState | null {
  return flow.detection as FlowDetectionState | null;
}
