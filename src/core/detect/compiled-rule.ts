/** A rule ready to run: header sets, checks, chains over buffers, and what it does when all of them hold. */
import type { AddressSet } from "../rule/address-set.ts";
import type { PortSet } from "../rule/port-set.ts";
import type { BufferDeclaration, Transform } from "./buffer.ts";
import type { Chain } from "./chain.ts";
import type { Check } from "./check.ts";
import type { HeaderProtocol } from "./header-protocols.ts";
import type { PostMatch, TagSpec, ThresholdSpec } from "./rule-state.ts";

/** Suricata's names of rule types, as far as this engine tells them apart. */
export type RuleType = "ip_only" | "like_ip_only" | "de_only" | "pkt" | "pkt_stream" | "stream";

export interface RuleHeaderSets {
  readonly protocol: HeaderProtocol;
  readonly source: AddressSet;
  readonly destination: AddressSet;
  readonly sourcePorts: PortSet;
  readonly destinationPorts: PortSet;
  readonly bidirectional: boolean;
}

/** The steps of one rule over one buffer. */
export interface CompiledBuffer {
  readonly declaration: BufferDeclaration;
  readonly transforms: readonly Transform[];
  readonly chain: Chain;
  readonly absent: "only" | "orElse" | null;
}

export interface FastPattern {
  readonly bytes: Uint8Array;
  readonly nocase: boolean;
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
  readonly noAlert: boolean;
  readonly type: RuleType;
  readonly header: RuleHeaderSets;
  /** 0 any, 1 to server, 2 to client. */
  readonly flowDirection: number;
  readonly requireFlow: boolean;
  readonly requirePayload: boolean;
  readonly inspectPacket: boolean;
  readonly inspectStream: boolean;
  /** The rule can match only on packets with this event; -1 for any packet. */
  readonly eventCode: number;
  readonly checks: readonly Check[];
  readonly buffers: readonly CompiledBuffer[];
  readonly postMatches: readonly PostMatch[];
  /** Of the payload; null when the rule has none there. */
  readonly fastPattern: FastPattern | null;
  threshold: ThresholdSpec | null;
  readonly detectionFilter: ThresholdSpec | null;
  readonly tag: TagSpec | null;
  readonly bypass: boolean;
}
