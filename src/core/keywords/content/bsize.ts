/** bsize: the size of the selected buffer, or of what a window of it has shown so far. */
import type { BufferInspection, Chain, ChainStep } from "../../detect/chain.ts";
import { defineKeyword } from "../../detect/keyword.ts";
import { RuleError } from "../../rule/diagnostic.ts";
import {
  matchesNumber,
  type NumberComparison,
  parseNumberComparison,
} from "../../rule/number-comparison.ts";
import { requireContentsFit } from "./matching/required-size.ts";

export const bsize = defineKeyword<NumberComparison>({
  name: "bsize",
  family: "content",
  summary: "Compares the size of the selected buffer in bytes.",
  syntax: "bsize:[=|!|<|<=|>|>=]N | A<>B",
  since: "<=7.0",
  argument: "required",
  examples: [
    { options: "tcp.hdr; bsize:20;", meaning: "a TCP header without options" },
    { options: "udp.hdr; bsize:>7;", meaning: "a whole UDP header" },
  ],
  parse: (option) => parseNumberComparison(option, { bits: 64 }),
  compile(comparison, draft) {
    if (!draft.hasSelection) {
      throw new RuleError("buffer-needed", '"bsize" needs a sticky buffer before it', {
        hint: 'use "dsize" for the payload of a packet',
      });
    }
    draft.addItem({
      keyword: "bsize",
      relative: false,
      build: () => new BufferSizeStep(comparison),
    });
    const buffer = draft.currentBuffer;
    draft.onFinish(() => requireContentsFit(buffer, comparison, "bsize"));
  },
});

class BufferSizeStep implements ChainStep {
  readonly keyword = "bsize";
  readonly relative = false;
  private readonly comparison: NumberComparison;

  constructor(comparison: NumberComparison) {
    this.comparison = comparison;
  }

  run(inspection: BufferInspection, chain: Chain, index: number): boolean {
    const size = inspection.offset + inspection.end - inspection.start;
    if (matchesNumber(this.comparison, size)) return chain.match(inspection, index + 1);
    inspection.stop = true;
    return false;
  }
}
