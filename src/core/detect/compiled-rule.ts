/** A rule ready to run: header sets, checks, chains over buffers, and what it does when all of them hold. */
import type { AddressSet } from "../rule/address-set.ts";
import type { PortSet } from "../rule/port-set.ts";
import type { BufferDeclaration, Transform } from "./buffer.ts";
import type { Chain } from "./chain.ts";
import type { Check } from "./check.ts";
import type { FramePlan } from "./frame-plan.ts";
import type { HeaderProtocol } from "./header-protocols.ts";
import type { PostMatch, TagSpec, ThresholdSpec } from "./rule-state.ts";
import type { TransactionPlan } from "./transaction-plan.ts";

/** Suricata's names of rule types. `pd_only`, `app_layer` and `app_tx` need protocol parsers. */
export type RuleType =
  | "ip_only"
  | "like_ip_only"
  | "pd_only"
  | "de_only"
  | "pkt"
  | "pkt_stream"
  | "stream"
  | "app_layer"
  | "app_tx";

/** A rule written `<>` is two rules, one with its sides swapped. */
export interface RuleHeaderSets {
  readonly protocol: HeaderProtocol;
  readonly source: AddressSet;
  readonly destination: AddressSet;
  readonly sourcePorts: PortSet;
  readonly destinationPorts: PortSet;
  /** `=>`: the rule asks for both sides of a transaction. */
  readonly transactional: boolean;
}

/** The steps of one rule over one buffer. */
export interface CompiledBuffer {
  readonly declaration: BufferDeclaration;
  readonly transforms: readonly Transform[];
  /** Number of the buffer with its transforms in the rule set's BufferTable; 0 is the payload. */
  readonly bufferId: number;
  readonly chain: Chain;
  readonly absent: "only" | "orElse" | null;
}

/** Bytes that must be in a buffer for the rule to match. */
export interface FastPattern {
  readonly bytes: Uint8Array;
  readonly nocase: boolean;
  readonly bufferId: number;
  /** The bytes begin at or after, end at or before these places of the buffer; null without. */
  readonly offset: number | null;
  readonly depth: number | null;
}

/** A suppress line of threshold.config that concerns the rule. */
export interface Suppression {
  /** Null: for all hosts. */
  readonly track: "source" | "destination" | "either" | null;
  readonly addresses: AddressSet | null;
}

export interface CompiledRule {
  /** Place in the order of evaluation. */
  index: number;
  readonly sid: number;
  readonly gid: number;
  readonly revision: number;
  readonly message: string;
  readonly text: string;
  /** Bits of Verdict. */
  readonly action: number;
  readonly priority: number;
  readonly category: string;
  readonly references: readonly string[];
  readonly metadata: readonly { readonly key: string; readonly value: string }[];
  readonly target: "source" | "destination" | null;
  /** A match raises no alert event. */
  readonly noAlert: boolean;
  readonly type: RuleType;
  readonly header: RuleHeaderSets;
  /** 0 any, 1 to server, 2 to client. */
  readonly flowDirection: number;
  readonly requireFlow: boolean;
  /** Bits of PacketGate without which the rule cannot match. */
  readonly gate: number;
  /** Where the contents over the payload look. */
  readonly inspectPacket: boolean;
  readonly inspectStream: boolean;
  /** The rule can match only on packets with this event; -1 for any packet. */
  readonly eventCode: number;
  readonly checks: readonly Check[];
  /** Payload, packet and derived buffers, in the order of the rule; empty for rules over transactions. */
  readonly buffers: readonly CompiledBuffer[];
  /** Rules that look into transactions are inspected with these, not with packets; null for others. */
  readonly transaction: TransactionPlan | null;
  /** Rules that look into frames are inspected with these; null for others. */
  readonly frame: FramePlan | null;
  readonly postMatches: readonly PostMatch[];
  /** Null when no content can serve as one. */
  readonly fastPattern: FastPattern | null;
  /** The rule's own threshold and detection_filter and what threshold.config adds, in order of use. */
  thresholds: readonly ThresholdSpec[];
  suppressions: readonly Suppression[];
  readonly tags: readonly TagSpec[];
  readonly bypass: boolean;
}
