/**
 * The order in which rules are evaluated: by action (pass, drop, reject, alert), then writers of named state
 * before its readers, then priority, then the order of the files.
 */
import type { RuleDraft } from "./rule-draft.ts";
import { Verdict } from "./verdict.ts";

const STATE_KINDS = ["flowbits", "flowint", "flowvar", "pktvar", "hostbits", "xbits"] as const;

/** What the order compares, smaller first. */
export function orderKey(draft: RuleDraft, action: number, priority: number): readonly number[] {
  return [actionRank(action), ...STATE_KINDS.map((kind) => stateRank(draft, kind)), priority];
}

export function compareOrder(a: readonly number[], b: readonly number[]): number {
  for (let i = 0; i < a.length; i++) {
    const difference = a[i]! - b[i]!;
    if (difference !== 0) return difference;
  }
  return 0;
}

function actionRank(action: number): number {
  if ((action & Verdict.pass) !== 0) return 0;
  if ((action & (Verdict.rejectSource | Verdict.rejectDestination)) !== 0) return 2;
  return (action & Verdict.drop) !== 0 ? 1 : 3;
}

/** Writers 0, writers that read too 1, readers 2, rules without such state 3. */
function stateRank(draft: RuleDraft, kind: (typeof STATE_KINDS)[number]): number {
  const uses = draft.stateUses.filter((use) => use.kind === kind);
  const writes = uses.some((use) => use.access === "write");
  const reads = uses.some((use) => use.access === "read");
  if (writes) return reads ? 1 : 0;
  return reads ? 2 : 3;
}
