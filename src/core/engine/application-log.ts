/**
 * Reports what became of transactions: their records once both sides are far enough, their events as anomalies,
 * their files once they are over; then lets go of those that everybody is done with.
 */
import type { Flow } from "../flow/flow.ts";
import type { Packet } from "../layers/packet.ts";
import type { ApplicationState, DoneJudge } from "../protocols/application-state.ts";
import { FileState, type TransactionFile } from "../protocols/file.ts";
import type { ProtocolRecord } from "../protocols/record.ts";
import type { RegisteredProtocol } from "../protocols/registry.ts";
import type { Transaction } from "../protocols/transaction.ts";
import type { FileStorage } from "./file-storage.ts";

/** Transactions kept of one flow that nobody completes; the oldest go beyond it. */
export const OPEN_TRANSACTIONS_MAX = 65_536;

/** What hears of transactions. */
export interface TransactionReporter {
  onTransaction?(
    packet: Packet,
    flow: Flow,
    transaction: Transaction,
    record: ProtocolRecord,
  ): void;
  onTransactionEvent?(
    packet: Packet,
    flow: Flow,
    registered: RegisteredProtocol,
    transaction: Transaction,
    code: number,
  ): void;
  onFile?(
    packet: Packet,
    flow: Flow,
    registered: RegisteredProtocol,
    transaction: Transaction,
    file: TransactionFile,
  ): void;
}

export class ApplicationLog implements DoneJudge {
  private readonly reporters: readonly TransactionReporter[];
  private readonly needsInspection: boolean;
  private readonly storage: FileStorage | null;

  /** `needsInspection`: rules run, so a transaction is kept until they have seen it. */
  constructor(
    reporters: readonly TransactionReporter[],
    needsInspection: boolean,
    storage: FileStorage | null,
  ) {
    this.reporters = reporters;
    this.needsInspection = needsInspection;
    this.storage = storage;
  }

  /** Called for each packet of a flow with transactions, after detection. */
  update(packet: Packet, flow: Flow, state: ApplicationState): void {
    const { registered, transactions } = state;
    if (registered === null || transactions.length === 0) return;
    let hasDone = false;
    for (const transaction of transactions) {
      this.report(packet, flow, state, registered, transaction);
      hasDone ||= this.isDone(registered, transaction);
    }
    if (hasDone || transactions.length > OPEN_TRANSACTIONS_MAX) {
      state.removeDone(this, registered);
    }
  }

  private report(
    packet: Packet,
    flow: Flow,
    state: ApplicationState,
    registered: RegisteredProtocol,
    transaction: Transaction,
  ): void {
    const { events } = transaction;
    while (transaction.eventsLogged < events.length) {
      const code = events[transaction.eventsLogged++]!;
      for (const reporter of this.reporters) {
        reporter.onTransactionEvent?.(packet, flow, registered, transaction, code);
      }
    }
    if (transaction.files.length > 0) {
      this.reportFiles(packet, flow, state, registered, transaction);
    }
    const { records } = registered.declaration;
    if (state.isLoggingOff) transaction.logged = (1 << records.length) - 1;
    for (let i = 0; i < records.length; i++) {
      const bit = 1 << i;
      if ((transaction.logged & bit) !== 0 || !isDue(records[i]!, registered, transaction))
        continue;
      transaction.logged |= bit;
      for (const reporter of this.reporters) {
        reporter.onTransaction?.(packet, flow, transaction, records[i]!);
      }
    }
  }

  /** Files go out with packets of their own direction, or when nothing more comes. */
  private reportFiles(
    packet: Packet,
    flow: Flow,
    state: ApplicationState,
    registered: RegisteredProtocol,
    transaction: Transaction,
  ): void {
    const { storage } = this;
    const { files } = transaction;
    for (const file of files) {
      if (file.id !== 0) continue;
      file.id = ++state.fileCount;
      if (((state.storedSides >> file.direction) & 1) !== 0) file.want();
    }
    storage?.update(flow, transaction);
    const isLast = state.hasEndedBoth;
    for (const file of files) {
      if (file.isLogged || file.state === FileState.open) continue;
      if (file.direction !== packet.direction && !isLast) continue;
      storage?.finish(packet, flow, registered, transaction, file);
      file.isLogged = true;
      for (const reporter of this.reporters) {
        reporter.onFile?.(packet, flow, registered, transaction, file);
      }
    }
  }

  /** Nobody needs the transaction any more. */
  isDone(registered: RegisteredProtocol, transaction: Transaction): boolean {
    if (!isComplete(registered, transaction)) return false;
    if (this.needsInspection && transaction.inspected !== 3) return false;
    if (!areFilesLogged(transaction)) return false;
    return transaction.logged === (1 << registered.declaration.records.length) - 1;
  }
}

function areFilesLogged({ files }: Transaction): boolean {
  for (let i = 0; i < files.length; i++) if (!files[i]!.isLogged) return false;
  return true;
}

function isDue(
  record: ProtocolRecord,
  registered: RegisteredProtocol,
  { toServerProgress, toClientProgress, isOver }: Transaction,
): boolean {
  const toServer = record.progress?.[0] ?? registered.completeToServer;
  const toClient = record.progress?.[1] ?? registered.completeToClient;
  return isOver || (toServerProgress >= toServer && toClientProgress >= toClient);
}

function isComplete(
  { completeToServer, completeToClient }: RegisteredProtocol,
  { toServerProgress, toClientProgress, isOver }: Transaction,
): boolean {
  return isOver || (toServerProgress >= completeToServer && toClientProgress >= completeToClient);
}
