/**
 * The search for a regular expression: from the start of the buffer, or with R from the last match, and again
 * behind each match while later relative steps fail. A search that reaches its limit is counted and does not
 * match, not even negated.
 *
 * @hotpath
 */
import type { BufferInspection, Chain, ChainStep, RetryDemand } from "../../../detect/chain.ts";
import { LIMIT, MATCH, type Regex } from "../../../match/regex/index.ts";
import type { PcreCaptures } from "./pcre-captures.ts";

export class PcreStep implements ChainStep {
  readonly keyword = "pcre";
  readonly role = "place";
  readonly relative: boolean;
  readonly retryDemand: RetryDemand;
  private readonly regex: Regex;
  private readonly negated: boolean;
  private readonly captures: PcreCaptures | null;

  constructor(
    regex: Regex,
    options: { readonly negated: boolean; readonly relative: boolean },
    captures: PcreCaptures | null,
  ) {
    this.regex = regex;
    this.negated = options.negated;
    this.relative = options.relative;
    this.retryDemand = options.relative ? "place" : "none";
    this.captures = captures;
  }

  run(inspection: BufferInspection, chain: Chain, index: number): boolean {
    const { regex, captures } = this;
    const { bytes, end, context } = inspection;
    const start = this.relative ? inspection.cursor : inspection.start;
    let from = start;
    captures?.clear();
    while (from <= end) {
      const result = regex.search(bytes, start, end, from);
      if (result === LIMIT) {
        context.regexLimitHits++;
        return false;
      }
      if (this.negated) return result !== MATCH && chain.match(inspection, index + 1);
      if (result !== MATCH) return false;
      const { matchStart } = regex;
      inspection.cursor = regex.matchEnd;
      captures?.keep(context, bytes, regex.captures());
      if (chain.match(inspection, index + 1)) return true;
      if (inspection.stop || !chain.retriesAt(index)) return false;
      from = matchStart + 1;
    }
    return false;
  }
}
