/**
 * threshold.config: `threshold` (also `event_filter`), `suppress` and `rate_filter` lines, fields separated by
 * commas in a fixed order, lines joined by a trailing backslash. A generator of 0 means any; a rule of 0 means
 * all of the generator.
 */
import { type Diagnostic, RuleError, type Span } from "./diagnostic.ts";
import { parseListText } from "./list-syntax.ts";
import { OptionText, type TextPiece } from "./option-text.ts";
import { type RuleSource, splitListFile } from "./rule-source.ts";
import { didYouMean } from "./suggest.ts";
import type { ListExpression } from "./syntax-tree.ts";

const TYPES = ["limit", "threshold", "both"] as const;
const TRACKS = ["by_src", "by_dst", "by_both", "by_rule", "by_flow"] as const;
const SUPPRESS_TRACKS = ["by_src", "by_dst", "by_either"] as const;
const NEW_ACTIONS = ["alert", "drop", "pass", "log", "sdrop", "reject"] as const;
const COMMANDS = ["threshold", "event_filter", "suppress", "rate_filter"] as const;

export type ThresholdType = (typeof TYPES)[number];
export type ThresholdTrack = (typeof TRACKS)[number];
export type SuppressTrack = (typeof SUPPRESS_TRACKS)[number];
export type RateFilterAction = (typeof NEW_ACTIONS)[number];

interface ThresholdTarget {
  readonly gid: number;
  readonly sid: number;
  /** The whole line. */
  readonly span: Span;
}

export type ThresholdLine =
  | (ThresholdTarget & {
      readonly kind: "threshold";
      readonly type: ThresholdType;
      readonly track: ThresholdTrack;
      readonly count: number;
      readonly seconds: number;
    })
  | (ThresholdTarget & {
      readonly kind: "suppress";
      /** Null when the rule is suppressed for all hosts; then there are no addresses either. */
      readonly track: SuppressTrack | null;
      readonly addresses: ListExpression | null;
    })
  | (ThresholdTarget & {
      readonly kind: "rateFilter";
      readonly track: ThresholdTrack;
      readonly count: number;
      readonly seconds: number;
      readonly newAction: RateFilterAction;
      readonly timeoutSeconds: number;
    });

/** The lines in the order of the file; a bad one gives a diagnostic and is left out. */
export function parseThresholdFile(
  file: string,
  text: string,
  onDiagnostic: (diagnostic: Diagnostic) => void,
): readonly ThresholdLine[] {
  const found: ThresholdLine[] = [];
  splitListFile(file, text, true, (source) => {
    try {
      found.push(parseLine(source));
    } catch (error) {
      if (!(error instanceof RuleError)) throw error;
      const { code, message, hint } = error;
      const isWhole = error.offset < 0;
      const offset = isWhole ? Math.max(0, source.text.search(/\S/)) : error.offset;
      const length = isWhole ? source.text.trim().length : error.length;
      const diagnostic = source.diagnostic({ code, message, offset, length, hint });
      onDiagnostic(error.span === undefined ? diagnostic : { ...diagnostic, span: error.span });
    }
  });
  return found;
}

const UINT32_MAX = 0xffff_ffff;

/** The fields of a line, taken in order. */
class FieldReader {
  readonly line: OptionText;
  private readonly fields: readonly TextPiece[];
  private index = 0;

  constructor(line: OptionText, start: number) {
    this.line = line;
    this.fields = splitFields(line, start);
  }

  get isAtEnd(): boolean {
    return this.index >= this.fields.length;
  }

  /** The value of the next field, which must be called `name`. */
  take(name: string): TextPiece {
    const field = this.fields[this.index++];
    if (field === undefined)
      return this.line.fail("missing-field", `expected "${name}" at the end of the line`);
    const word = /^\S*/.exec(field.text)?.[0] ?? "";
    if (word !== name) {
      this.line.failAt(
        { text: word, offset: field.offset },
        "unknown-field",
        `expected "${name}", found "${word}"`,
      );
    }
    const value = this.line.piece(field.offset + word.length, field.offset + field.text.length);
    if (value.text === "") this.line.failAt(field, "missing-value", `"${name}" needs a value`);
    return value;
  }

  number(name: string): number {
    return this.line.integer(this.take(name), { max: UINT32_MAX, name });
  }

  finish(): void {
    const field = this.fields[this.index];
    if (field !== undefined)
      this.line.failAt(field, "unexpected-text", `unexpected "${field.text}"`);
  }
}

/** Splits at commas outside brackets. */
function splitFields(line: OptionText, start: number): readonly TextPiece[] {
  const fields: TextPiece[] = [];
  let depth = 0;
  let from = start;
  for (let index = start; index < line.raw.length; index++) {
    const character = line.raw[index];
    if (character === "[") depth++;
    else if (character === "]") depth--;
    else if (character === "," && depth === 0) {
      fields.push(line.piece(from, index));
      from = index + 1;
    }
  }
  fields.push(line.piece(from, line.raw.length));
  return fields;
}

function parseLine(source: RuleSource): ThresholdLine {
  const line = new OptionText("threshold", source.text);
  const command = line.words()[0] ?? line.whole;
  if (!(COMMANDS as readonly string[]).includes(command.text)) {
    line.failAt(
      command,
      "bad-line",
      `unknown command "${command.text}", expected one of ${COMMANDS.join(", ")}`,
      didYouMean(command.text, COMMANDS),
    );
  }
  const fields = new FieldReader(line, command.offset + command.text.length);
  const target = parseTarget(fields, source);
  switch (command.text) {
    case "suppress":
      return parseSuppress(fields, target, source);
    case "rate_filter":
      return parseRateFilter(fields, target);
    default:
      return parseThreshold(fields, target);
  }
}

function parseTarget(fields: FieldReader, source: RuleSource): ThresholdTarget {
  const gid = fields.number("gen_id");
  const sid = fields.number("sig_id");
  if (gid === 0 && sid > 0) {
    fields.line.fail("bad-target", `sig_id ${sid} needs a gen_id other than 0`, {
      hint: "rules have gen_id 1",
    });
  }
  return { gid, sid, span: source.span(0, source.text.length) };
}

function parseThreshold(fields: FieldReader, target: ThresholdTarget): ThresholdLine {
  const type = fields.line.oneOf(fields.take("type"), TYPES, "type");
  const track = fields.line.oneOf(fields.take("track"), TRACKS, "track");
  const count = fields.number("count");
  const seconds = fields.number("seconds");
  fields.finish();
  return { ...target, kind: "threshold", type, track, count, seconds };
}

function parseSuppress(
  fields: FieldReader,
  target: ThresholdTarget,
  source: RuleSource,
): ThresholdLine {
  if (fields.isAtEnd) return { ...target, kind: "suppress", track: null, addresses: null };
  const track = fields.line.oneOf(fields.take("track"), SUPPRESS_TRACKS, "track");
  const ip = fields.take("ip");
  fields.finish();
  const addresses = parseListText(ip.text, source.span(ip.offset, ip.text.length));
  return { ...target, kind: "suppress", track, addresses };
}

function parseRateFilter(fields: FieldReader, target: ThresholdTarget): ThresholdLine {
  const track = fields.line.oneOf(fields.take("track"), TRACKS, "track");
  const count = fields.number("count");
  const seconds = fields.number("seconds");
  const newAction = fields.line.oneOf(fields.take("new_action"), NEW_ACTIONS, "action");
  const timeoutSeconds = fields.number("timeout");
  fields.finish();
  return { ...target, kind: "rateFilter", track, count, seconds, newAction, timeoutSeconds };
}
