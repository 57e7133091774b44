/**
 * Decoders of gzip and deflate that are used again: one takes some 45 KiB, and to make it costs as much as to inflate
 * a page. Those of flows that end early are left to the collector.
 */
import { Inflater } from "../../bytes/inflate.ts";

/** Decoded bytes that are handed on at once. */
export const OUTPUT_BYTES = 8192;
/** Decoders kept for later. */
const SPARE_MAX = 64;

/** A decoder and where its output goes. */
export class InflateBench {
  readonly inflater = new Inflater();
  readonly output = new Uint8Array(OUTPUT_BYTES);
}

export class DecoderPool {
  private readonly spare: InflateBench[] = [];

  take(): InflateBench {
    const bench = this.spare.pop() ?? new InflateBench();
    bench.inflater.reset();
    return bench;
  }

  /** The caller keeps nothing of it. */
  give(bench: InflateBench): void {
    if (this.spare.length < SPARE_MAX) this.spare.push(bench);
  }
}
