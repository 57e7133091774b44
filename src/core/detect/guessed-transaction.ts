/**
 * The transaction that an alert of a rule without one most likely belongs to: the only one of the packet's
 * direction that rules have not seen. For rules on datagrams of an application protocol always, for matches in a
 * TCP stream where the configuration asks for it.
 */
import type { Transaction } from "../protocols/transaction.ts";
import type { BufferInspector } from "./buffer-inspector.ts";
import type { CompiledRule } from "./compiled-rule.ts";
import type { DetectionContext } from "./detection-context.ts";
import { applicationOf } from "./flow-application.ts";

const UDP = 17;

/** Null where nothing tells, or more than one could be it. */
export function guessTransaction(
  { flow, direction, guessesTransactions }: DetectionContext,
  rule: CompiledRule,
  { fromStream }: BufferInspector,
): Transaction | null {
  if (flow === null) return null;
  const isDatagram = flow.protocol === UDP && rule.header.protocol.applications !== undefined;
  if (!isDatagram && !(fromStream && guessesTransactions)) return null;
  const transactions = applicationOf(flow)?.transactions ?? [];
  let found: Transaction | null = null;
  for (let i = 0; i < transactions.length; i++) {
    if (((transactions[i]!.inspected >> direction) & 1) !== 0) continue;
    if (found !== null) return null;
    found = transactions[i]!;
  }
  return found;
}
