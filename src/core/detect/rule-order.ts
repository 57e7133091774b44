/**
 * The order in which rules are evaluated: by action (pass, drop, reject, alert), then writers of named state
 * before its readers, then priority, then the order of the files.
 */
import type { RuleDraft } from "./rule-draft.ts";
import { Verdict } from "./verdict.ts";

const STATE_KINDS = ["flowbits", "flowint", "flowvar", "pktvar", "hostbits", "xbits"] as const;

/** The order of actions unless the configuration says otherwise. */
export const defaultActionOrder: readonly string[] = ["pass", "drop", "reject", "alert"];

/** What the order compares, smaller first. */
export function orderKey(
  draft: RuleDraft,
  action: number,
  priority: number,
  actionOrder: readonly string[],
): readonly number[] {
  return [
    actionRank(action, actionOrder),
    ...STATE_KINDS.map((kind) => stateRank(draft, kind)),
    priority,
  ];
}

export function compareOrder(a: readonly number[], b: readonly number[]): number {
  for (let i = 0; i < a.length; i++) {
    const difference = a[i]! - b[i]!;
    if (difference !== 0) return difference;
  }
  return 0;
}

/** Place of the action in the configured order; actions that it does not name come last. */
function actionRank(action: number, actionOrder: readonly string[]): number {
  const place = actionOrder.indexOf(actionName(action));
  return place < 0 ? actionOrder.length : place;
}

function actionName(action: number): string {
  if ((action & Verdict.pass) !== 0) return "pass";
  if ((action & (Verdict.rejectSource | Verdict.rejectDestination)) !== 0) return "reject";
  return (action & Verdict.drop) !== 0 ? "drop" : "alert";
}

/** Writers 0, writers that read too 1, readers 2, rules without such state 3. */
function stateRank(draft: RuleDraft, kind: (typeof STATE_KINDS)[number]): number {
  const uses = draft.stateUses.filter((use) => use.kind === kind);
  const writes = uses.some((use) => use.access === "write");
  const reads = uses.some((use) => use.access === "read");
  if (writes) return reads ? 1 : 0;
  return reads ? 2 : 3;
}
