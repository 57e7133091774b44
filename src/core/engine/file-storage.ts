/**
 * Hands the content of files that are to be stored to whoever keeps them, as it comes, and keeps the content of
 * those that a rule may still ask for, up to a limit for all of them together. Knows no disk: the host's FileStore
 * writes.
 */
import { applicationOf } from "../detect/flow-application.ts";
import type { RuleSet } from "../detect/rule-set.ts";
import type { Flow } from "../flow/flow.ts";
import type { Packet } from "../layers/packet.ts";
import { FileFate, type FilePolicy, type TransactionFile } from "../protocols/file.ts";
import type { RegisteredProtocol } from "../protocols/registry.ts";
import type { Transaction } from "../protocols/transaction.ts";

/** Bytes of all files that wait for the decision of a rule; beyond it no more of them are kept. */
export const WAITING_BYTES_MAX = 64 * 1024 ** 2;

/** Takes the content of files. What goes wrong is the store's to report: false, and the file is given up. */
export interface FileStore {
  open(file: TransactionFile): boolean;
  write(file: TransactionFile, bytes: Uint8Array, start: number, end: number): boolean;
  /** All of it came. `describe` gives the JSON object of its event. */
  close(file: TransactionFile, timeUs: number, describe: () => string): boolean;
  /** It will not be finished. */
  abandon(file: TransactionFile): void;
  /** Its own counters by dotted name. */
  counters(): Iterable<readonly [string, number]>;
}

/** Makes the JSON of one stored file. */
export type FileDescriber = (
  packet: Packet,
  flow: Flow,
  registered: RegisteredProtocol,
  transaction: Transaction,
  file: TransactionFile,
) => string;

/** A rule may ask for files, and there is where to put them. */
export function mayStoreFiles(
  ruleSet: RuleSet | null,
  storage: FileStorage | null | undefined,
): boolean {
  if (ruleSet === null || storage === null || storage === undefined) return false;
  return ruleSet.rules.some(({ postMatches }) =>
    postMatches.some(({ storesFiles }) => storesFiles === true),
  );
}

export class FileStorage {
  private readonly store: FileStore;
  private readonly describe: FileDescriber;
  private readonly policy: FilePolicy;
  private storedFiles = 0;
  private waitingBytes = 0;
  private waitingRefused = 0;

  constructor(store: FileStore, describe: FileDescriber, policy: FilePolicy) {
    this.store = store;
    this.describe = describe;
    this.policy = policy;
  }

  /** After each packet: what came of the transaction's files goes to the store. */
  update(flow: Flow, transaction: Transaction): void {
    this.deepen(flow, transaction);
    for (const file of transaction.files) {
      if (((transaction.storedSides >> file.direction) & 1) !== 0) file.want();
      if (file.fate === FileFate.undecided) this.wait(file, transaction);
      else if (file.keptBytes > 0) this.stopWaiting(file);
      if (file.fate === FileFate.wanted) this.writeOut(file);
    }
  }

  /** The file is over and about to be reported. */
  finish(
    packet: Packet,
    flow: Flow,
    registered: RegisteredProtocol,
    transaction: Transaction,
    file: TransactionFile,
  ): void {
    if (file.fate !== FileFate.wanted) return;
    file.fate = FileFate.stored;
    const describe = () => this.describe(packet, flow, registered, transaction, file);
    if (!this.store.close(file, packet.timeUs, describe)) file.fate = FileFate.refused;
  }

  /** The flow goes away: files that wait, or were not finished, are let go of. */
  release(flow: Flow): void {
    for (const { files } of applicationOf(flow)?.transactions ?? []) {
      for (const file of files) {
        this.stopWaiting(file);
        if (file.fate === FileFate.wanted && file.storeId > 0) this.store.abandon(file);
        file.fate = file.fate === FileFate.stored ? FileFate.stored : FileFate.refused;
      }
    }
  }

  *counters(): IterableIterator<readonly [string, number]> {
    yield* this.store.counters();
    yield ["file_store.waiting_bytes", this.waitingBytes];
    yield ["file_store.waiting_refused", this.waitingRefused];
  }

  /** A rule wants files whole: the stream is followed as far as the store's own depth says. */
  private deepen(flow: Flow, { wholeFiles }: Transaction): void {
    const { storedDepthBytes } = this.policy;
    const session = flow.tcp;
    if (wholeFiles === 0 || session === null || storedDepthBytes < 0) return;
    session.deeperBytes = storedDepthBytes;
  }

  private wait(file: TransactionFile, { inspected }: Transaction): void {
    if (inspected === 3) {
      file.fate = FileFate.refused;
      this.stopWaiting(file);
      return;
    }
    const { windowBytes } = file.body;
    this.waitingBytes += windowBytes - file.keptBytes;
    file.keptBytes = windowBytes;
    if (this.waitingBytes <= WAITING_BYTES_MAX) return;
    this.waitingRefused++;
    file.fate = FileFate.refused;
    this.stopWaiting(file);
  }

  private stopWaiting(file: TransactionFile): void {
    this.waitingBytes -= file.keptBytes;
    file.keptBytes = 0;
  }

  private writeOut(file: TransactionFile): void {
    if (file.storeId === 0) {
      file.storeId = ++this.storedFiles;
      if (!this.store.open(file)) {
        file.fate = FileFate.refused;
        return;
      }
    }
    const { body, storedBytes } = file;
    if (storedBytes === body.totalBytes) return;
    const start = body.start + (storedBytes - body.windowStart);
    file.storedBytes = body.totalBytes;
    if (this.store.write(file, body.bytes, start, body.end)) return;
    this.store.abandon(file);
    file.fate = FileFate.refused;
  }
}
