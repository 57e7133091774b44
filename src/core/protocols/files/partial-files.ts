/**
 * Files that come in parts, over several transactions and flows (Content-Range): parts are put together in the
 * order of their bytes, those that are ahead wait. The whole file belongs to the transaction that finished it.
 * One for all flows of an engine; what waits is limited in bytes and in time, and beyond it parts are left out.
 * Left out: parts whose start never comes are let go of without an event of their own.
 */
import { StreamedBody } from "../body.ts";
import { FileFate, type FilePolicy, TransactionFile } from "../file.ts";
import type { ContentRange } from "./content-range.ts";

/** Counted for each file that is put together, beside its bytes. */
const FILE_OVERHEAD_BYTES = 512;
/** Parts of one file that wait at once; more are left out. */
const WAITING_PARTS_MAX = 1024;

/** A part that is ahead of what is there. */
interface WaitingPart {
  readonly start: number;
  readonly body: StreamedBody;
  /** Bytes lost at its end. */
  gapBytes: number;
}

class Assembly {
  readonly key: string;
  file: TransactionFile;
  totalBytes = 0;
  /** The part that is being added in order; null: none. */
  appender: FilePart | null = null;
  /** By start. */
  readonly waiting: WaitingPart[] = [];
  expiresUs = 0;
  /** Bytes counted for it. */
  heldBytes = FILE_OVERHEAD_BYTES;
  isGone = false;

  constructor(key: string, file: TransactionFile) {
    this.key = key;
    this.file = file;
  }
}

export class PartialFiles {
  /** Bytes that wait now, and parts that the limit refused. */
  heldBytes = 0;
  refused = 0;
  private readonly policy: FilePolicy;
  /** By resource, the one that nobody used for longest first. */
  private readonly assemblies = new Map<string, Assembly>();

  constructor(policy: FilePolicy) {
    this.policy = policy;
  }

  /** A part begins. Null where there is no room: it is a file of its own alone. */
  open(
    key: string,
    range: ContentRange,
    part: {
      readonly name: Uint8Array;
      readonly direction: number;
      readonly timeUs: number;
    },
  ): FilePart | null {
    this.expire(part.timeUs);
    const known = this.assemblies.get(key);
    if (known === undefined && !this.hasRoom(FILE_OVERHEAD_BYTES)) {
      this.refused++;
      return null;
    }
    const assembly =
      known ?? new Assembly(key, new TransactionFile(part.name, part.direction, this.policy));
    if (known === undefined) this.heldBytes += FILE_OVERHEAD_BYTES;
    assembly.totalBytes = Math.max(assembly.totalBytes, range.size);
    this.touch(assembly, part.timeUs);
    return new FilePart(this, assembly, range);
  }

  /** Called by parts. */
  touch(assembly: Assembly, timeUs: number): void {
    if (assembly.isGone) return;
    this.assemblies.delete(assembly.key);
    this.assemblies.set(assembly.key, assembly);
    assembly.expiresUs = timeUs + this.policy.partialTimeoutSeconds * 1_000_000;
  }

  hasRoom(byteLength: number): boolean {
    return this.heldBytes + byteLength <= this.policy.partialMemoryBytes;
  }

  /** Changes what is counted for a file. */
  hold(assembly: Assembly, byteLength: number): void {
    assembly.heldBytes += byteLength;
    if (!assembly.isGone) this.heldBytes += byteLength;
  }

  forget(assembly: Assembly): void {
    if (assembly.isGone) return;
    assembly.isGone = true;
    this.heldBytes -= assembly.heldBytes;
    this.assemblies.delete(assembly.key);
  }

  private expire(timeUs: number): void {
    for (const assembly of this.assemblies.values()) {
      if (assembly.expiresUs >= timeUs) return;
      this.forget(assembly);
    }
  }
}

/** One part of a file while it comes. */
export class FilePart {
  private readonly files: PartialFiles;
  private readonly assembly: Assembly;
  /** Bytes that are there already. */
  private skipBytes = 0;
  private appends = false;
  private waiting: WaitingPart | null = null;

  constructor(files: PartialFiles, assembly: Assembly, { start, end }: ContentRange) {
    this.files = files;
    this.assembly = assembly;
    const { file, appender } = assembly;
    const known = file.sizeBytes;
    if (start <= known && known - start < end - start + 1 && appender === null) {
      this.skipBytes = known - start;
      this.appends = true;
      assembly.appender = this;
    } else if (start < known && known > end) {
      this.skipBytes = end - start + 1;
    } else if (assembly.waiting.length < WAITING_PARTS_MAX) {
      this.waiting = { start, body: new StreamedBody(), gapBytes: 0 };
    } else files.refused++;
  }

  append(bytes: Uint8Array, start: number, end: number, timeUs: number): void {
    const { waiting, files, assembly } = this;
    files.touch(assembly, timeUs);
    if (waiting !== null) {
      if (files.hasRoom(end - start)) {
        waiting.body.append(bytes, start, end);
        files.hold(assembly, end - start);
      } else this.dropWaiting(waiting);
      return;
    }
    const skipped = Math.min(this.skipBytes, end - start);
    this.skipBytes -= skipped;
    if (this.appends && start + skipped < end) this.add(bytes, start + skipped, end);
  }

  gap(byteLength: number): void {
    if (this.waiting !== null) this.waiting.gapBytes += byteLength;
    else {
      const skipped = Math.min(this.skipBytes, byteLength);
      this.skipBytes -= skipped;
      if (this.appends && skipped < byteLength) this.assembly.file.gap(byteLength - skipped);
    }
  }

  /** The part is over; the file, when it is whole by it. */
  close(state: number): TransactionFile | null {
    const { assembly, waiting } = this;
    if (waiting !== null) {
      this.waiting = null;
      const isNext = waiting.start === assembly.file.sizeBytes && assembly.appender === null;
      insert(assembly.waiting, waiting);
      if (!isNext) return null;
    } else {
      if (!this.appends) return null;
      this.appends = false;
      assembly.appender = null;
      if (this.skipBytes > 0) return null;
    }
    this.addWaiting();
    if (assembly.file.sizeBytes < assembly.totalBytes) return null;
    this.files.forget(assembly);
    assembly.file.close(state);
    return assembly.file;
  }

  /** Parts that were ahead, as far as they go on from what is there. */
  private addWaiting(): void {
    const { assembly, files } = this;
    const { file, waiting } = assembly;
    for (let next = waiting[0]; next !== undefined; next = waiting[0]) {
      const overlap = file.sizeBytes - next.start;
      if (overlap < 0) return;
      const { body, gapBytes } = next;
      waiting.shift();
      files.hold(assembly, -body.totalBytes);
      if (overlap < body.totalBytes) this.add(body.bytes, body.start + overlap, body.end);
      const lost = next.start + body.totalBytes + gapBytes - file.sizeBytes;
      if (lost > 0) file.gap(lost);
    }
  }

  /** Content stays only where it may be stored, and as long as there is room. */
  private add(bytes: Uint8Array, start: number, end: number): void {
    const { files, assembly } = this;
    const { file } = assembly;
    file.append(bytes, start, end);
    if (file.fate !== FileFate.refused && files.hasRoom(end - start)) {
      files.hold(assembly, end - start);
      return;
    }
    if (file.fate !== FileFate.refused) {
      files.refused++;
      files.hold(assembly, -(file.body.windowBytes - (end - start)));
      file.fate = FileFate.refused;
    }
    file.forget(file.body.totalBytes);
  }

  private dropWaiting({ body }: WaitingPart): void {
    const { files, assembly } = this;
    files.refused++;
    files.hold(assembly, -body.totalBytes);
    this.waiting = null;
    this.skipBytes = Number.MAX_SAFE_INTEGER;
  }
}

function insert(parts: WaitingPart[], part: WaitingPart): void {
  let at = parts.length;
  while (at > 0 && parts[at - 1]!.start > part.start) at--;
  parts.splice(at, 0, part);
}
