/**
 * Buffers of application protocols: what rules can look into. A buffer is declared once (name, old names,
 * documentation); each protocol that fills it adds a source: from which direction, from which progress on, and
 * how to read it from a transaction. The sticky keyword, the prefilter group and the manual follow from these.
 */
import type { FlowSide } from "./direction.ts";
import type { Transaction } from "./transaction.ts";

/** What a source found: bytes, and where in a longer body they lie. Reused; sources set all that differs. */
export class BufferView {
  bytes: Uint8Array = new Uint8Array(0);
  start = 0;
  end = 0;
  /** Offset of `start` in the body that this is a window of. */
  offset = 0;
  /** The window ends at the end of the body. False where more may come. */
  isLast = true;
  /** Byte order of the sender, where the protocol tells it; for readers that ask for it (`dce`). */
  isLittleEndian = false;

  /** A whole field. Returns true, so that a source can be `(tx, _, view) => view.set(tx.uri)`. */
  set(bytes: Uint8Array): boolean {
    return this.setRange(bytes, 0, bytes.length);
  }

  /** As `set`, false for null: the transaction has no such field. */
  setOrAbsent(bytes: Uint8Array | null): boolean {
    return bytes !== null && this.setRange(bytes, 0, bytes.length);
  }

  setRange(bytes: Uint8Array, start: number, end: number): boolean {
    this.bytes = bytes;
    this.start = start;
    this.end = end;
    this.offset = 0;
    this.isLast = true;
    this.isLittleEndian = false;
    return true;
  }
}

export interface ProtocolBuffer {
  /** Name of the sticky keyword, as "http.uri". */
  readonly name: string;
  /** Other names of the sticky keyword, as "http_uri" is not: that is the modifier. */
  readonly aliases?: readonly string[];
  /** Old content modifier that moves the content before it into this buffer, as "http_uri". */
  readonly modifier?: string;
  /** Chapter of the manual; the family column of the reference list. */
  readonly family: string;
  /** One sentence with a full stop. */
  readonly summary: string;
  /** First Suricata version where it is later than 7.0, as "8.0.0". */
  readonly since?: string;
  /** Several instances in one transaction: contents of one use must match in one instance. */
  readonly multi?: boolean;
  /** A rule may choose one direction: `file.data:to_client` (the "sided" keywords). */
  readonly sided?: boolean;
  /** No content in it may be the fast pattern. */
  readonly noFastPattern?: boolean;
  /** A content that may be in it, for the manual; "abc" when left out. */
  readonly exampleContent?: string;
  /** A switch of a protocol that fills it: rules for the buffer are refused where it is off. */
  readonly switchedBy?: { readonly protocol: string; readonly option: string };
  /** What the host must give for it: rules for the buffer are refused without. */
  readonly needs?: "magic library";
  /** Letters of contents are turned to this case when the rule is loaded, as the buffer has them. */
  readonly foldsContents?: "lower" | "upper";
  /** Checks a content when the rule is loaded; a text is the reason why it can never match (as upper case in a lower-cased buffer). */
  readonly refuses?: (pattern: Uint8Array, nocase: boolean) => string | null;
}

export function defineBuffer(buffer: ProtocolBuffer): ProtocolBuffer {
  return buffer;
}

export interface BufferSourceSpec<Tx extends Transaction> {
  readonly side: FlowSide;
  /** Progress of that direction from which on it can be read; complete in later states. */
  readonly progress: number;
  /** Sets the view to instance `index` (0 unless the buffer is multi); false when there is none. */
  readonly read: (transaction: Tx, index: number, view: BufferView) => boolean;
  /** Bodies: grows while the progress stays; looked at again whenever there is more. */
  readonly isStreamed?: boolean;
}

export interface BufferSource extends BufferSourceSpec<Transaction> {
  readonly buffer: ProtocolBuffer;
}

/** Attaches a buffer to a protocol's transactions; seals their type. */
export function bufferSource<Tx extends Transaction>(
  buffer: ProtocolBuffer,
  spec: BufferSourceSpec<Tx>,
): BufferSource {
  // Only transactions of the protocol that lists the source are ever given to it.
  const read = spec.read as (transaction: Transaction, index: number, view: BufferView) => boolean;
  return { ...spec, read, buffer };
}
