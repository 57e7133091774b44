/**
 * A file that a transaction carries: its name, what came of it, its digests. The content is kept as a window
 * for inspection (`file.data`) and until whoever stores files has taken it.
 */

import type { ArrayPool } from "../bytes/array-pool.ts";
import type { BlockHash } from "../bytes/block-hash.ts";
import { Md5 } from "../bytes/md5.ts";
import { Sha1 } from "../bytes/sha1.ts";
import { Sha256 } from "../bytes/sha256.ts";
import { StreamedBody } from "./body.ts";
import { FileMagic, type MagicLibrary } from "./file-magic.ts";

/** EVE's `fileinfo.state`. */
export const FileState = { open: 0, closed: 1, truncated: 2, error: 3 } as const;
export const fileStateNames = ["UNKNOWN", "CLOSED", "TRUNCATED", "ERROR"] as const;

/** Kinds of digests; bits of `FilePolicy.digests`. */
export const FileDigest = { md5: 1, sha1: 2, sha256: 4 } as const;

/** Decided by rules and outputs before traffic; one for all flows. */
export interface FilePolicy {
  /** Digests to compute for every file: bits of FileDigest. */
  digests: number;
  /** Bytes before the inspected ones that stay in the window. */
  inspectWindowBytes: number;
  /** Every file is stored, whatever the rules say. */
  storesAll: boolean;
  /** A rule may still ask to store a file that came: its content is kept until the rules have seen it all. */
  keepsUndecided: boolean;
  /** Files that were cut get a SHA-256 as well: it is the name that they are stored under. */
  digestsCutFiles: boolean;
  /** Bytes of a stream that are followed for a file that is to be stored; 0 for all, -1 for no more than usual. */
  storedDepthBytes: number;
  /** Files that come in parts over several transactions: bytes that may wait, and for how long. */
  partialMemoryBytes: number;
  partialTimeoutSeconds: number;
  /** Where contents lie; null: in arrays of their own. */
  arrays: ArrayPool | null;
  /** Says what files are, when a rule or an output wants it; null: nobody can. */
  magic: MagicLibrary | null;
}

export const defaultFilePolicy: FilePolicy = {
  digests: 0,
  inspectWindowBytes: 4096,
  storesAll: false,
  keepsUndecided: false,
  digestsCutFiles: false,
  storedDepthBytes: -1,
  partialMemoryBytes: 100 * 1024 ** 2,
  partialTimeoutSeconds: 60,
  arrays: null,
  magic: null,
};

/** What is to become of a file's content. */
export const FileFate = {
  /** No rule has asked for it, one may. */
  undecided: 0,
  wanted: 1,
  /** All of it was handed to the store. */
  stored: 2,
  /** It will not be stored: nobody wants it, or the store failed, or no room was left to wait. */
  refused: 3,
} as const;

export class TransactionFile {
  /** Bytes of its name as it was on the wire; empty without. */
  readonly name: Uint8Array;
  /** A value of TO_SERVER, TO_CLIENT. */
  readonly direction: number;
  readonly body: StreamedBody;
  /** Inspected bytes that stay in the window. */
  readonly windowBytes: number;
  /** A value of FileState. */
  state: number = FileState.open;
  /** Size of the whole file as far as it was seen, holes included. */
  sizeBytes = 0;
  /** First byte of the file that was seen, for partial transfers (Content-Range). */
  rangeStart = -1;
  rangeEnd = -1;
  hasGaps = false;
  /** Number of the file in its flow, from 1; EVE's `file_id` when stored. */
  id = 0;
  /** A value of FileFate. */
  fate: number = FileFate.undecided;
  /** Number of the stored file, from 1 in a run; EVE's `file_id`. 0 before the store opened it. */
  storeId = 0;
  /** Offset up to which the content was handed to the store. */
  storedBytes = 0;
  /** Bytes of it that are counted as kept for a decision. */
  keptBytes = 0;
  isLogged = false;
  /** Sids of rules with filestore that matched it (EVE's `sid` list). */
  readonly sids: number[] = [];
  private readonly magicOrNone: FileMagic | null;
  private readonly digestsCut: boolean;
  private readonly md5Hash: Md5 | null;
  private readonly sha1Hash: Sha1 | null;
  private readonly sha256Hash: Sha256 | null;
  md5: Uint8Array | null = null;
  sha1: Uint8Array | null = null;
  sha256: Uint8Array | null = null;

  constructor(name: Uint8Array, direction: number, policy: FilePolicy) {
    this.name = name;
    this.direction = direction;
    this.body = new StreamedBody(policy.arrays);
    const { digests } = policy;
    this.windowBytes = policy.inspectWindowBytes;
    const { magic } = policy;
    this.magicOrNone = magic?.isWanted === true ? new FileMagic(magic, this.body) : null;
    this.digestsCut = policy.digestsCutFiles;
    if (policy.storesAll) this.fate = FileFate.wanted;
    else if (!policy.keepsUndecided) this.fate = FileFate.refused;
    this.md5Hash = (digests & FileDigest.md5) !== 0 ? new Md5() : null;
    this.sha1Hash = (digests & FileDigest.sha1) !== 0 ? new Sha1() : null;
    this.sha256Hash = (digests & FileDigest.sha256) !== 0 ? new Sha256() : null;
  }

  /** It was reported, and nobody can ask for it any more: rules and alerts see it no longer. */
  get isGone(): boolean {
    return this.isLogged && this.fate !== FileFate.undecided && this.fate !== FileFate.wanted;
  }

  /** What it is by its first bytes, looked up now; null: that cannot be told, or not yet. */
  findMagic(): Uint8Array | null {
    return this.magicOrNone?.find() ?? null;
  }

  /** The same for events: where it was looked up already, or of every file. */
  toldMagic(): Uint8Array | null {
    return this.magicOrNone?.told() ?? null;
  }

  /** A rule asked for it; only where all of its content is still there or already on its way. */
  want(): void {
    if (this.fate === FileFate.undecided) this.fate = FileFate.wanted;
  }

  /** Rules have seen the content: what neither they nor the store need is let go of. */
  afterInspection(): void {
    const { body, fate } = this;
    body.inspectedBytes = body.totalBytes;
    const seen = body.totalBytes - this.windowBytes;
    if (fate === FileFate.undecided) return;
    this.forget(fate === FileFate.wanted ? Math.min(seen, this.storedBytes) : seen);
  }

  /** Lets go of the content before an offset. */
  forget(beforeOffset: number): void {
    if (beforeOffset > 0) this.magicOrNone?.keepHead();
    this.body.forget(beforeOffset);
  }

  /** Everybody is done with it. */
  release(): void {
    this.magicOrNone?.release();
    this.body.release();
  }

  append(bytes: Uint8Array, start: number, end: number): void {
    if (this.state !== FileState.open || end <= start) return;
    this.body.append(bytes, start, end);
    this.sizeBytes += end - start;
    this.md5Hash?.update(bytes, start, end);
    this.sha1Hash?.update(bytes, start, end);
    this.sha256Hash?.update(bytes, start, end);
  }

  /** Bytes of it were lost: its digests are worth nothing any more. */
  gap(byteLength: number): void {
    if (this.state !== FileState.open) return;
    this.hasGaps = true;
    this.magicOrNone?.gap();
    this.sizeBytes += byteLength;
  }

  /** Ends it; `state` is closed when it is whole. Digests of whole files become available. */
  close(state: number = FileState.closed): void {
    if (this.state !== FileState.open) return;
    this.state = this.hasGaps && state === FileState.closed ? FileState.truncated : state;
    this.body.isComplete = true;
    if (this.state === FileState.closed) {
      this.md5 = digestOf(this.md5Hash);
      this.sha1 = digestOf(this.sha1Hash);
    }
    if (this.state === FileState.closed || this.digestsCut) this.sha256 = digestOf(this.sha256Hash);
  }
}

function digestOf(hash: BlockHash | null): Uint8Array | null {
  if (hash === null) return null;
  const digest = new Uint8Array(hash.digestLength);
  hash.digest(digest, 0);
  return digest;
}
