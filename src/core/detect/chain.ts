/**
 * The checks of one rule over one buffer, in the order of the rule, with backtracking: a content that occurs
 * several times is tried at each place while the checks that are relative to it fail. Bounded by the
 * inspection step limit (Suricata's inspection-recursion-limit), which is counted when reached.
 *
 * A step finds its place, moves the cursor and asks the chain for the rest: `return chain.match(inspection,
 * index + 1)`. It returns false when no place lets the rest match. A step retries only where a later step is
 * relative to it: the outcome of others cannot depend on its place. As in Suricata that is the last content or
 * pcre before the relative step, even a negated one.
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
  /** In the stream: absolute offset of `start`, from which places do not count; 0 in other buffers. */
  streamOffset = 0;
  /** Number of the transaction that the buffer is a field of; -1 without. */
  transactionId = -1;
  /** The window begins, ends the stream or body. Whole buffers have both. */
  isFirst = true;
  isLast = true;
  /** Byte order of the sender, for readers that ask for it (`dce`); network order where nothing tells it. */
  isLittleEndian = false;
  /** Where the last step's match ended: relative steps start here. From `start` to `end`. */
  cursor = 0;
  steps = 0;
  /** A step found that no backtracking can help: the chain fails at once. */
  stop = false;
  /** Values of byte_extract and byte_math, unsigned 64 bits, by the rule's own variable index. */
  readonly variables = new BigUint64Array(VARIABLES_MAX);
  /** The same values as halves, low word first: [2i] low, [2i + 1] high. */
  readonly variableWords = new Uint32Array(this.variables.buffer);
  /** What base64_decode wrote; a range of the arena. */
  base64Start = 0;
  base64End = 0;
  /** Where in the arena base64_decode writes; 0 until the first use. */
  base64Scratch = 0;

  constructor(context: DetectionContext) {
    this.context = context;
    this.bytes = context.bytes;
  }
}

/**
 * What a step that fails asks of the content or pcre before it. `place`: the last one before it looks for
 * another place. `adjacentPlace`: only if no byte_test, byte_jump, byte_extract, byte_math or isdataat stands
 * between (Suricata's rule for payload buffers).
 */
export type RetryDemand = "none" | "place" | "adjacentPlace";

export interface ChainStep {
  readonly keyword: string;
  /** Needs the place of the step before it. */
  readonly relative: boolean;
  /** What it is to the retry of others: `place` has several places to try, `reader` reads a number there. */
  readonly role?: "place" | "reader";
  /** Without, a relative step demands `place`, any other nothing. */
  readonly retryDemand?: RetryDemand;
  run(inspection: BufferInspection, chain: Chain, index: number): boolean;
}

export class Chain {
  readonly steps: readonly ChainStep[];
  /** 1 where the step has to look for another place when the rest fails. */
  private readonly retries: Uint8Array;

  constructor(steps: readonly ChainStep[]) {
    this.steps = steps;
    this.retries = findRetries(steps);
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

  /** Whether a later step depends on where the step at `index` matched, so that another place may help. */
  retriesAt(index: number): boolean {
    return this.retries[index] === 1;
  }
}

function findRetries(steps: readonly ChainStep[]): Uint8Array {
  const retries = new Uint8Array(steps.length);
  steps.forEach((step, index) => {
    const demand = step.retryDemand ?? (step.relative ? "place" : "none");
    if (demand === "none") return;
    for (let before = index - 1; before >= 0; before--) {
      const { role } = steps[before]!;
      if (role === "place") retries[before] = 1;
      if (role === "place" || (role === "reader" && demand === "adjacentPlace")) return;
    }
  });
  return retries;
}
