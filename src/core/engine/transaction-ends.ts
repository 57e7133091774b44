/** How transactions and their files end when the data of their flow does. */
import type { ApplicationState } from "../protocols/application-state.ts";
import { FileState } from "../protocols/file.ts";
import type { RegisteredProtocol } from "../protocols/registry.ts";
import type { Transaction } from "../protocols/transaction.ts";

/** Nothing more comes for the transaction. As in Suricata, no event tells of files that datagrams left open. */
export function endTransaction(
  transaction: Transaction,
  registered: RegisteredProtocol | null,
  isStream: boolean,
): void {
  if (registered === null) return;
  transaction.isOver = true;
  if (!isStream) return;
  for (const file of transaction.files) file.close(FileState.truncated);
}

/** Nothing more of a direction is looked at: for rules and events its transactions are complete. */
export function cutDirection(
  transactions: readonly Transaction[],
  direction: number,
  registered: RegisteredProtocol | null,
): void {
  const { completeToServer = 0, completeToClient = 0 } = registered ?? {};
  for (const transaction of transactions) {
    transaction.reach(direction, direction === 0 ? completeToServer : completeToClient);
    for (const file of transaction.files) {
      if (file.direction === direction) file.close(FileState.truncated);
    }
  }
}

/**
 * Of a connection of which only one direction passes here: what is whole there waits for nothing from the other, as in
 * Suricata with stream.async-oneside.
 */
export function completeOneSided(state: ApplicationState | null, direction: number): void {
  if (state === null || state.registered === null) return;
  const { completeToServer, completeToClient } = state.registered;
  const whole = direction === 0 ? completeToServer : completeToClient;
  const other = direction === 0 ? completeToClient : completeToServer;
  for (const transaction of state.transactions) {
    if (transaction.progressOf(direction) < whole) continue;
    transaction.reach(1 - direction, other);
    // No packet will come for the rules of the other direction.
    transaction.inspected |= direction === 0 ? 2 : 1;
  }
}
