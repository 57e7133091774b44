/**
 * What a file is, in the words of libmagic ("PDF document, version 1.4"), judged by its first bytes: once so many
 * have come, or all there are, so that it does not matter in which pieces they came. Looked up when somebody asks:
 * a lookup takes 0.3 to 5 ms, up to 30 ms where the bytes are nothing but line ends.
 */
import type { StreamedBody } from "./body.ts";

/**
 * First bytes of a file that are looked at: enough for the names of what is in the container formats of offices,
 * and no more than the usual window of a file, so that mostly nothing has to be kept for it.
 */
export const FILE_MAGIC_BYTES = 4096;

/** Given by the host. One for an engine: a rule that needs it asks for it while it is loaded. */
export interface MagicLibrary {
  /** What a user does to add it; null where it is there. */
  readonly remedy: string | null;
  /** Somebody asked for it. */
  readonly isWanted: boolean;
  want(): void;
  /** What every file is goes into its events, whether a rule asked or not. */
  readonly tellsAll: boolean;
  /** The text for a file that begins with these bytes: empty where it has none, null while it is being loaded. */
  describe(bytes: Uint8Array, start: number, end: number): Uint8Array | null;
}

const NOTHING = new Uint8Array(0);

/** The text for one file. */
export class FileMagic {
  private readonly library: MagicLibrary;
  private readonly body: StreamedBody;
  /** First bytes, copied when the window let go of them before anybody asked; [0, keptBytes). */
  private head = NOTHING;
  /** body.windowStart <= keptBytes until the head is whole. */
  private keptBytes = 0;
  /** Bytes of the body from here on do not follow on those before. */
  private gapOffset = Number.MAX_SAFE_INTEGER;
  /** Null until it was looked up; empty where the library had none. */
  private found: Uint8Array | null = null;

  constructor(library: MagicLibrary, body: StreamedBody) {
    this.library = library;
    this.body = body;
  }

  /** Bytes of the file are lost here. */
  gap(): void {
    this.gapOffset = Math.min(this.gapOffset, this.body.totalBytes);
  }

  /** The window is about to move on. */
  keepHead(): void {
    const { headBytes, keptBytes } = this;
    if (this.found !== null || keptBytes >= headBytes) return;
    const { bytes, start, windowStart } = this.body;
    if (this.head === NOTHING) this.head = new Uint8Array(FILE_MAGIC_BYTES);
    const from = start + keptBytes - windowStart;
    this.head.set(bytes.subarray(from, start + headBytes - windowStart), keptBytes);
    this.keptBytes = headBytes;
  }

  /** Everybody is done with the file: its content is about to go. */
  release(): void {
    this.head = NOTHING;
    this.keptBytes = this.gapOffset = 0;
  }

  /** Null while too little of the file has come, and for one that has nothing in it. */
  find(): Uint8Array | null {
    if (this.found === null && this.isDue) {
      const { library, body, headBytes } = this;
      if (this.keptBytes > 0) {
        this.keepHead();
        this.found = library.describe(this.head, 0, headBytes);
      } else this.found = library.describe(body.bytes, body.start, body.start + headBytes);
      if (this.found !== null) this.head = NOTHING;
    }
    return this.text;
  }

  /** For events: what was looked up, or is to be told of every file. */
  told(): Uint8Array | null {
    return this.library.tellsAll ? this.find() : this.text;
  }

  private get text(): Uint8Array | null {
    return this.found !== null && this.found.length > 0 ? this.found : null;
  }

  private get headBytes(): number {
    return Math.min(FILE_MAGIC_BYTES, this.gapOffset, this.body.totalBytes);
  }

  private get isDue(): boolean {
    const { headBytes, gapOffset } = this;
    const { isComplete, totalBytes } = this.body;
    return (
      headBytes > 0 && (isComplete || headBytes === FILE_MAGIC_BYTES || gapOffset <= totalBytes)
    );
  }
}
