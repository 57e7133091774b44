/**
 * Applies the policies for what the engine cannot do as it should: memory limits, packets of connections whose
 * begin was not seen, errors of parsers. Counts them by target and policy.
 */
import { DropReason, Verdict } from "../detect/verdict.ts";
import {
  ExceptionPolicy,
  ExceptionTarget,
  exceptionPolicyNames,
} from "../flow/exception-policy.ts";
import type { Flow } from "../flow/flow.ts";
import type { Packet } from "../layers/packet.ts";
import type { StreamOptions } from "../stream/stream-options.ts";
import type { TcpTracker } from "../stream/tcp-tracker.ts";

/** A value of ExceptionPolicy for each value of ExceptionTarget. */
export type PolicyTable = readonly number[];

export const ignoreAll: PolicyTable = exceptionTargets().map(() => ExceptionPolicy.ignore);

const counterNames: Record<number, string> = {
  [ExceptionTarget.flowMemcap]: "exception_policy.flow.memcap",
  [ExceptionTarget.defragMemcap]: "exception_policy.defrag.memcap",
  [ExceptionTarget.sessionMemcap]: "exception_policy.tcp.ssn_memcap",
  [ExceptionTarget.reassemblyMemcap]: "exception_policy.tcp.reassembly",
  [ExceptionTarget.midstream]: "exception_policy.tcp.midstream",
  [ExceptionTarget.applicationError]: "exception_policy.app_layer.error",
};

const dropReasons: Record<number, number> = {
  [ExceptionTarget.flowMemcap]: DropReason.flowMemcap,
  [ExceptionTarget.defragMemcap]: DropReason.defragMemcap,
  [ExceptionTarget.sessionMemcap]: DropReason.streamMemcap,
  [ExceptionTarget.reassemblyMemcap]: DropReason.streamReassembly,
  [ExceptionTarget.midstream]: DropReason.streamMidstream,
  [ExceptionTarget.applicationError]: DropReason.applicationError,
};

export class ExceptionPolicies {
  private readonly policies: PolicyTable;
  private readonly inline: boolean;
  private readonly counts: Float64Array;

  /** `inline`: packets can be dropped; else a dropped flow goes on without being looked at. */
  constructor(policies: PolicyTable, inline: boolean) {
    this.policies = policies;
    this.inline = inline;
    this.counts = new Float64Array(policies.length * exceptionPolicyNames.length);
  }

  /** @param target a value of ExceptionTarget that the packet ran into. */
  apply(packet: Packet, target: number): void {
    const policy = this.policies[target] ?? ExceptionPolicy.ignore;
    this.counts[target * exceptionPolicyNames.length + policy]!++;
    const { flow } = packet;
    if (flow !== null) {
      flow.exceptionPolicy = policy;
      flow.exceptionTarget = target;
    }
    switch (policy) {
      case ExceptionPolicy.reject:
        packet.verdict |= Verdict.rejectSource;
        drop(packet, this.inline ? flow : null, target);
        break;
      case ExceptionPolicy.dropFlow:
        drop(packet, this.inline ? flow : null, target);
        break;
      case ExceptionPolicy.dropPacket:
        drop(packet, null, target);
        break;
      case ExceptionPolicy.bypass:
        if (flow !== null) flow.action |= Verdict.bypass;
        pass(packet, flow);
        break;
      case ExceptionPolicy.passFlow:
        pass(packet, flow);
        break;
      case ExceptionPolicy.passPacket:
        pass(packet, null);
        break;
      default:
    }
  }

  /**
   * What becomes of a packet that does not fit its connection, or ran into a limit there.
   *
   * @param inline packets can be dropped.
   */
  judgeSegment(packet: Packet, tracker: TcpTracker, inline: boolean, stream: StreamOptions): void {
    if (tracker.exception !== 0) this.apply(packet, tracker.exception);
    if (!inline || !stream.inline) return;
    if (tracker.urgentDrop) dropPacket(packet, DropReason.streamUrgent);
    else if (tracker.refused && stream.dropInvalid) dropPacket(packet, DropReason.streamError);
    else return;
    packet.noPayloadInspection = true;
  }

  /** How often each policy that does something was applied. */
  *entries(): IterableIterator<readonly [string, number]> {
    const width = exceptionPolicyNames.length;
    for (let target = 1; target < this.policies.length; target++) {
      const policy = this.policies[target]!;
      if (policy === ExceptionPolicy.ignore) continue;
      const count = this.counts[target * width + policy]!;
      yield [`${counterNames[target]}.${exceptionPolicyNames[policy]}`, count];
    }
  }
}

function exceptionTargets(): readonly number[] {
  return Object.values(ExceptionTarget);
}

function drop(packet: Packet, flow: Flow | null, target: number): void {
  if (flow !== null) flow.action |= Verdict.drop;
  packet.noInspection = packet.noPayloadInspection = true;
  dropPacket(packet, dropReasons[target] ?? DropReason.none);
}

function pass(packet: Packet, flow: Flow | null): void {
  if (flow !== null) flow.action |= Verdict.pass;
  packet.noInspection = packet.noPayloadInspection = true;
}

/** The first reason to drop a packet is the one that is reported. */
function dropPacket(packet: Packet, reason: number): void {
  if ((packet.verdict & Verdict.drop) === 0 || packet.dropReason === DropReason.none) {
    packet.dropReason = reason;
  }
  packet.verdict |= Verdict.drop;
}
