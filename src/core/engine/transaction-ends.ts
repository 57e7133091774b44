/** How transactions and their files end when the data of their flow does. */
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
