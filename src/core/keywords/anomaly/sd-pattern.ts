/**
 * sd_pattern: so many numbers of cards, addresses of mail, keys and the like in the buffer, as Snort's keyword of
 * the name. Over a stream or a body in pieces the count goes on from piece to piece. What was found goes into no
 * event; the alert tells how many.
 */
import {
  createScanner,
  type SensitivePatternName,
  sensitivePatternNames,
} from "../../anomaly/sensitive-data/named-patterns.ts";
import { RegexScanner } from "../../anomaly/sensitive-data/regex-scanner.ts";
import { ScanProgress, WindowScanner } from "../../anomaly/sensitive-data/scan-progress.ts";
import type { SensitiveScanner } from "../../anomaly/sensitive-data/scanner.ts";
import type { BufferInspection, Chain, ChainStep } from "../../detect/chain.ts";
import type { DetectionContext } from "../../detect/detection-context.ts";
import { defineKeyword } from "../../detect/keyword.ts";
import type { ChainItem } from "../../detect/rule-draft.ts";
import { compileRegex, NO_REGEX_FLAGS, RegexSyntaxError } from "../../match/regex/index.ts";
import type { OptionText, TextPiece } from "../../rule/option-text.ts";
import { didYouMean } from "../../rule/suggest.ts";

interface PatternDemand {
  readonly option: OptionText;
  readonly pattern: TextPiece;
  readonly threshold: number;
}

/** A pattern that is a name could be nothing else that anyone looks for. */
const NAME = /^[a-z][a-z0-9_]*$/i;
const THRESHOLD_MAX = 65_535;

export const sdPattern = defineKeyword<PatternDemand>({
  name: "sd_pattern",
  family: "anomaly",
  summary: "Counts sensitive data in the buffer: numbers of cards and accounts, addresses, keys.",
  syntax: `sd_pattern:"${sensitivePatternNames.join("|")}|EXPRESSION"[, threshold N]`,
  since: "Shrike",
  argument: "required",
  examples: [
    {
      options: 'sd_pattern:"credit_card", threshold 5;',
      meaning: "five card numbers with a right check digit",
    },
    { options: 'sd_pattern:"private_key";', meaning: "the head of a private key" },
    {
      options: 'sd_pattern:"EMP-[0-9]{6}", threshold 20;',
      meaning: "20 numbers of a kind of one's own",
    },
  ],
  parse(option) {
    const { pattern, rest } = splitPattern(option);
    if (rest === null) return { option, pattern, threshold: 1 };
    const [word, number, ...more] = option.words(rest);
    if (word === undefined || number === undefined || more.length > 0) {
      return option.failAt(rest, "bad-value", `expected "threshold N", found "${rest.text}"`);
    }
    option.oneOf(word, ["threshold"], "word");
    const threshold = option.integer(number, { min: 1, max: THRESHOLD_MAX, name: "threshold" });
    return { option, pattern, threshold };
  },
  compile(demand, draft) {
    const scanner = scannerOf(demand, draft.builder.limits.regexStepsMax);
    const window = draft.builder.state.part("sd_pattern", () => new ScannerPart()).window;
    const step = new PatternStep(scanner, window, demand);
    const item: ChainItem = {
      keyword: "sd_pattern",
      relative: false,
      readsAll: true,
      build: () => step,
    };
    draft.addItem(item);
    draft.postMatches.push({ keyword: "sd_pattern", run: (context) => step.tell(context) });
  },
});

/** The text between the quotes, and what comes behind the comma after it. */
function splitPattern(option: OptionText): { pattern: TextPiece; rest: TextPiece | null } {
  option.required();
  const { whole, raw } = option;
  const quoted = /^"((?:\\[\s\S]|[^"\\])*)"/.exec(whole.text);
  if (quoted === null) {
    return option.failAt(whole, "missing-quotes", "the pattern must be in double quotes");
  }
  const [all, text = ""] = quoted;
  const pattern = { text, offset: whole.offset + 1 };
  if (text === "") option.failAt(whole, "missing-value", "the pattern is empty");
  const behind = option.piece(whole.offset + all.length, raw.length);
  if (behind.text === "") return { pattern, rest: null };
  if (!behind.text.startsWith(",")) {
    return option.failAt(
      behind,
      "unexpected-text",
      `unexpected "${behind.text}" behind the pattern`,
    );
  }
  return { pattern, rest: option.piece(behind.offset + 1, raw.length) };
}

function scannerOf({ option, pattern }: PatternDemand, stepLimit: number): SensitiveScanner {
  const { text } = pattern;
  if (isPatternName(text)) return createScanner(text);
  if (NAME.test(text)) {
    const hint = didYouMean(text, sensitivePatternNames);
    return option.failAt(pattern, "unknown-value", `unknown pattern "${text}"`, hint);
  }
  try {
    return new RegexScanner(compileRegex(text, NO_REGEX_FLAGS, { stepLimit }), "anywhere");
  } catch (error) {
    if (!(error instanceof RegexSyntaxError)) throw error;
    const place = { offset: pattern.offset + error.offset, length: 1 };
    return option.fail("bad-expression", `the expression is wrong: ${error.message}`, place);
  }
}

function isPatternName(text: string): text is SensitivePatternName {
  return (sensitivePatternNames as readonly string[]).includes(text);
}

/** Room to join pieces of streams, shared by the rules of one engine. */
class ScannerPart {
  readonly window = new WindowScanner();

  counters(): readonly (readonly [string, number])[] {
    return [];
  }
}

class PatternStep implements ChainStep {
  readonly keyword = "sd_pattern";
  readonly relative = false;
  private readonly scanner: SensitiveScanner;
  private readonly window: WindowScanner;
  private readonly subject: string;
  private readonly threshold: number;
  /** Occurrences at the last match. */
  private matchedCount = 0;

  constructor(
    scanner: SensitiveScanner,
    window: WindowScanner,
    { pattern, threshold }: PatternDemand,
  ) {
    this.scanner = scanner;
    this.window = window;
    this.subject = pattern.text;
    this.threshold = threshold;
  }

  run(inspection: BufferInspection, chain: Chain, index: number): boolean {
    const { context } = inspection;
    const { flow, direction } = context;
    const { bytes, start, end, isFirst, isLast } = inspection;
    if (flow === null || (isFirst && isLast)) {
      const count = this.window.countAll(this.scanner, bytes, start, end, THRESHOLD_MAX);
      return this.reaches(count, count) && chain.match(inspection, index + 1);
    }
    const progress = context.state.ofFlow(flow).memo(this, direction, () => new ScanProgress());
    progress.follow(inspection.transactionId);
    const offset = inspection.offset + inspection.streamOffset;
    const found = this.window.advance(this.scanner, progress, bytes, { start, end, offset });
    return this.reaches(progress.count, found) && chain.match(inspection, index + 1);
  }

  tell({ state }: DetectionContext): void {
    state.alertAnomaly = {
      metric: "sd_pattern",
      subject: this.subject,
      value: this.matchedCount,
      expected: this.threshold,
    };
  }

  /** Enough, and some of it new. */
  private reaches(count: number, found: number): boolean {
    this.matchedCount = count;
    return found > 0 && count >= this.threshold;
  }
}
