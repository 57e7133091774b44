/**
 * The file store on disk: FOLDER/ab/abcd... by the SHA-256 of the content, from FOLDER/tmp where the pieces are
 * gathered; a JSON record beside each when asked. A file that is there already only gets a new time. Trouble with
 * the disk costs the file and nothing else: it is counted, and each kind of it is told once.
 */
import fs from "node:fs";
import path from "node:path";
import { bytesToHex } from "../../core/bytes/hex.ts";
import type { FileStore } from "../../core/engine/file-storage.ts";
import type { TransactionFile } from "../../core/protocols/file.ts";
import { SinkError } from "../errors.ts";
import { makeFolder } from "../make-folder.ts";

const FOLDERS = 256;
const { O_APPEND, O_CREAT, O_NOFOLLOW, O_TRUNC, O_WRONLY } = fs.constants;

export interface FileStoreOptions {
  readonly folder: string;
  readonly writesRecords: boolean;
  readonly openFilesMax: number;
  /** Told once for each kind of trouble. */
  readonly onProblem: (problem: SinkError) => void;
}

export class FileStoreFolder implements FileStore {
  private readonly options: FileStoreOptions;
  /** Descriptors by number of the file. */
  private readonly descriptors = new Map<number, number>();
  private readonly told = new Set<string>();
  private errors = 0;
  private openFilesMaxHits = 0;

  /** Makes the folders. Throws SinkError when that cannot be done. */
  constructor(options: FileStoreOptions) {
    this.options = options;
    for (let i = 0; i < FOLDERS; i++) makeFolder(this.pathOf(i.toString(16).padStart(2, "0")));
    makeFolder(this.pathOf("tmp"));
  }

  open(file: TransactionFile): boolean {
    const name = this.draftOf(file);
    return this.attempt("create", name, () => {
      const descriptor = fs.openSync(name, O_CREAT | O_TRUNC | O_NOFOLLOW | O_WRONLY, 0o644);
      const { openFilesMax } = this.options;
      if (this.descriptors.size < openFilesMax) {
        this.descriptors.set(file.storeId, descriptor);
        return;
      }
      if (openFilesMax > 0) this.openFilesMaxHits++;
      fs.closeSync(descriptor);
    });
  }

  write(file: TransactionFile, bytes: Uint8Array, start: number, end: number): boolean {
    const name = this.draftOf(file);
    return this.attempt("write", name, () => {
      const kept = this.descriptors.get(file.storeId);
      const descriptor = kept ?? fs.openSync(name, O_APPEND | O_NOFOLLOW | O_WRONLY);
      try {
        writeAll(descriptor, bytes, start, end);
      } finally {
        if (kept === undefined) fs.closeSync(descriptor);
      }
    });
  }

  close(file: TransactionFile, timeUs: number, describe: () => string): boolean {
    this.closeDescriptor(file);
    const { sha256 } = file;
    if (sha256 === null) return this.abandon(file);
    const digest = bytesToHex(sha256, 0, sha256.length);
    const name = this.pathOf(digest.slice(0, 2), digest);
    if (!this.moveDraft(file, name)) return false;
    if (!this.options.writesRecords) return true;
    const record = `${name}.${Math.floor(timeUs / 1_000_000)}.${file.storeId}.json`;
    return this.attempt("write", record, () => fs.writeFileSync(record, `${describe()}\n`));
  }

  abandon(file: TransactionFile): false {
    this.closeDescriptor(file);
    const name = this.draftOf(file);
    this.attempt("remove", name, () => fs.rmSync(name, { force: true }));
    return false;
  }

  *counters(): IterableIterator<readonly [string, number]> {
    yield ["file_store.open_files", this.descriptors.size];
    yield ["file_store.open_files_max_hit", this.openFilesMaxHits];
    yield ["file_store.fs_errors", this.errors];
  }

  private moveDraft(file: TransactionFile, name: string): boolean {
    const draft = this.draftOf(file);
    if (!fs.existsSync(name)) {
      if (this.attempt("rename", draft, () => fs.renameSync(draft, name))) return true;
      return this.abandon(file);
    }
    return this.attempt("remove", draft, () => {
      const { atime, mtime } = fs.statSync(draft);
      fs.utimesSync(name, atime, mtime);
      fs.unlinkSync(draft);
    });
  }

  private closeDescriptor({ storeId }: TransactionFile): void {
    const descriptor = this.descriptors.get(storeId);
    if (descriptor === undefined) return;
    this.descriptors.delete(storeId);
    this.attempt("close", `file ${storeId}`, () => fs.closeSync(descriptor));
  }

  /** Whether it went well; if not, it is counted and told. */
  private attempt(what: string, name: string, action: () => void): boolean {
    try {
      action();
      return true;
    } catch (cause) {
      this.errors++;
      if (!this.told.has(what)) {
        this.told.add(what);
        this.options.onProblem(new SinkError(`file store: cannot ${what} "${name}"`, { cause }));
      }
      return false;
    }
  }

  private draftOf({ storeId }: TransactionFile): string {
    return this.pathOf("tmp", `file.${storeId}`);
  }

  private pathOf(...parts: readonly string[]): string {
    return path.join(this.options.folder, ...parts);
  }
}

function writeAll(descriptor: number, bytes: Uint8Array, start: number, end: number): void {
  for (let at = start; at < end; ) at += fs.writeSync(descriptor, bytes, at, end - at);
}
