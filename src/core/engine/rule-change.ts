/** What of the engine depends on the rules in use, and how flows go on when others take their place. */
import type { CompiledRule } from "../detect/compiled-rule.ts";
import type { Detector } from "../detect/detector.ts";
import { applicationOf } from "../detect/flow-application.ts";
import { knownFlowState } from "../detect/flow-detection-state.ts";
import { carryRules } from "../detect/rule-carry.ts";
import type { RuleSet } from "../detect/rule-set.ts";
import { carryTransaction } from "../detect/transaction-inspector.ts";
import type { FlowTable } from "../flow/flow-table.ts";
import { streamEvent } from "../layers/packet-events.ts";
import type { FilePolicy } from "../protocols/file.ts";
import type { TcpTracker } from "../stream/tcp-tracker.ts";

const DIFFERENT_DATA = streamEvent("reassembly_overlap_different_data");

/** Work that is done only for rules that ask for it. */
export function prepareForRules(
  ruleSet: RuleSet | null,
  tracker: TcpTracker,
  filePolicy: FilePolicy,
): void {
  tracker.keepsOverlaps = ruleSet?.rules.some(usesOverlaps) ?? false;
  for (const { transaction } of ruleSet?.rules ?? []) {
    filePolicy.digests |= transaction?.fileDigests ?? 0;
  }
}

/** `after` goes on where `before` was; takes time by the number of flows, some 0.1 us each. */
export function succeedDetector(
  before: Detector | null,
  after: Detector | null,
  flows: FlowTable,
): void {
  if (before === null) return;
  const carry = carryRules(before.ruleSet.rules, after?.ruleSet.rules ?? []);
  after?.succeed(before);
  for (const flow of flows.living()) {
    knownFlowState(flow)?.carry(carry);
    const application = applicationOf(flow);
    if (application === null) continue;
    for (const transaction of application.transactions) carryTransaction(transaction, carry);
  }
}

function usesOverlaps(rule: CompiledRule): boolean {
  return rule.eventCode === DIFFERENT_DATA;
}
