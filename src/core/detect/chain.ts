/**
 * The checks of one rule over one buffer, in the order of the rule, with backtracking: a content that occurs
 * several times is tried at each place while the checks that are relative to it fail. Bounded by the
 * inspection step limit (Suricata's inspection-recursion-limit), which is counted when reached.
 *
 * A step finds its place, moves the cursor and asks the chain for the rest: `return chain.match(inspection,
 * index + 1)`. It returns false when no place lets the rest match. A step whose follower is not relative does
 * not retry: the follower's outcome cannot depend on its place.
 *
 * @hotpath
 */
import type { DetectionContext } from "./detection-context.ts";

/** Calls of `Chain.match` for one rule and buffer; Suricata's stock `inspection-recursion-limit`. */
export const INSPECTION_STEPS_MAX = 3000;
/** Variables (byte_extract, byte_math) in one rule. */
export const VARIABLES_MAX = 256;

/** One buffer under inspection; one object per engine, refilled for each buffer. */
export class BufferInspection {
  readonly context: DetectionContext;
  bytes: Uint8Array;
  start = 0;
  end = 0;
  /** Absolute offset of `start` in the stream or body that this buffer is a window of; 0 for whole buffers. */
  offset = 0;
  /** The window begins, ends the stream or body. Whole buffers have both. */
  isFirst = true;
  isLast = true;
  /** Where the last step's match ended: relative steps start here. From `start` to `end`. */
  cursor = 0;
  steps = 0;
  /** A step found that no backtracking can help: the chain fails at once. */
  stop = false;
  /** Values of byte_extract and byte_math, unsigned 64 bits, by the rule's own variable index. */
  readonly variables = new BigUint64Array(VARIABLES_MAX);
  /** What base64_decode wrote; a range of the arena. */
  base64Start = 0;
  base64End = 0;

  constructor(context: DetectionContext) {
    this.context = context;
    this.bytes = context.bytes;
  }
}

export interface ChainStep {
  readonly keyword: string;
  /** Needs the place of the step before it. */
  readonly relative: boolean;
  run(inspection: BufferInspection, chain: Chain, index: number): boolean;
}

export class Chain {
  readonly steps: readonly ChainStep[];

  constructor(steps: readonly ChainStep[]) {
    this.steps = steps;
  }

  /** True when the steps from `index` on match in the inspection's buffer. */
  match(inspection: BufferInspection, index: number): boolean {
    if (index === this.steps.length) return true;
    if (++inspection.steps > inspection.context.stepLimit) {
      inspection.stop = true;
      inspection.context.stepLimitHits++;
      return false;
    }
    return this.steps[index]!.run(inspection, this, index);
  }

  /** Whether the step after `index` depends on where the step at `index` matched. */
  followerIsRelative(index: number): boolean {
    const next = this.steps[index + 1];
    return next?.relative ?? false;
  }
}
