/**
 * The order in which rules are evaluated and alerts are sorted: by action, then writers of named state before
 * its readers, then priority, then the order of the files.
 */
import type { RuleDraft } from "./rule-draft.ts";
import { Verdict } from "./verdict.ts";

export const orderedActions = ["pass", "drop", "reject", "alert"] as const;
export type OrderedAction = (typeof orderedActions)[number];

export function isOrderedAction(name: string): name is OrderedAction {
  return (orderedActions as readonly string[]).includes(name);
}

/** Suricata's stock `action-order`. */
export const defaultActionOrder: readonly OrderedAction[] = ["pass", "drop", "reject", "alert"];

const STATE_KINDS = ["flowbits", "flowint", "flowvar", "pktvar", "hostbits", "xbits"] as const;

/** What the order compares, smaller first. */
export function orderKey(
  draft: RuleDraft,
  action: number,
  priority: number,
  actionOrder: readonly OrderedAction[],
): readonly number[] {
  const rank = actionOrder.indexOf(orderedAction(action));
  const states = STATE_KINDS.map((kind) => stateRank(draft, kind));
  return [rank < 0 ? actionOrder.length : rank, ...states, priority];
}

export function compareOrder(a: readonly number[], b: readonly number[]): number {
  for (let i = 0; i < a.length; i++) {
    const difference = a[i]! - b[i]!;
    if (difference !== 0) return difference;
  }
  return 0;
}

function orderedAction(action: number): OrderedAction {
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
