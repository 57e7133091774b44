/** How transactions and their files end when the data of their flow does. */
import { FileState } from "../protocols/file.ts";
import type { RegisteredProtocol } from "../protocols/registry.ts";
import type { Transaction } from "../protocols/transaction.ts";

/** Nothing more comes for the transaction. */
export function endTransaction(
  transaction: Transaction,
  registered: RegisteredProtocol | null,
): void {
  if (registered === null) return;
  transaction.isOver = true;
  for (const file of transaction.files) file.close(FileState.truncated);
}

/** Nothing more of a direction is looked at. */
export function truncateFiles(transactions: readonly Transaction[], direction: number): void {
  for (const { files } of transactions) {
    for (const file of files) if (file.direction === direction) file.close(FileState.truncated);
  }
}
