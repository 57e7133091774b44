/**
 * What a keyword says about itself. Names, syntax, summary, examples, hints, editor completion and the manual
 * page are read from the declaration; nothing else in the tree mentions the keyword.
 */
import type { OptionText } from "../rule/option-text.ts";
import type { RuleDraft } from "./rule-draft.ts";

export interface Example {
  /** One or more whole options as in a rule: `content:"abc"; nocase;` */
  readonly options: string;
  readonly meaning: string;
}

export interface KeywordSpec<Value> {
  readonly name: string;
  readonly aliases?: readonly string[];
  /** Chapter of the manual: meta, content, IP header ... as in the reference list. */
  readonly family: string;
  /** One sentence with a full stop; first line of the manual page. */
  readonly summary: string;
  readonly syntax: string;
  /** First Suricata version, as `8.0.0`, or `<=7.0`. */
  readonly since: string;
  readonly argument: "none" | "required" | "optional";
  /** Applied before all other options of the rule, which may then be skipped unread (requires). */
  readonly appliedFirst?: boolean;
  readonly examples: readonly Example[];
  /** Throws RuleError at a place inside the option. */
  parse(option: OptionText): Value;
  /** Adds checks, buffers, modifiers to the rule being built; throws RuleError where they contradict. */
  compile(value: Value, draft: RuleDraft): void;
}

export interface Keyword extends Omit<KeywordSpec<unknown>, "parse" | "compile"> {
  /** Parses the option and adds it to the draft. */
  apply(option: OptionText, draft: RuleDraft): void;
}

/** Seals the value type inside, so that keywords of every type fit one list. */
export function defineKeyword<Value>(spec: KeywordSpec<Value>): Keyword {
  const { parse, compile, ...declaration } = spec;
  return {
    ...declaration,
    apply: (option, draft) => compile(parse(option), draft),
  };
}
