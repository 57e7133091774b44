/**
 * The shape of keywords of application protocols whose parser is not there yet. The value is checked where that
 * is cheap; a rule that passes is reported as unsupported, so that it is never silently inert.
 */
import { defineKeyword, type Example, type Keyword } from "../../detect/keyword.ts";
import type { RuleDraft } from "../../detect/rule-draft.ts";
import { RuleError } from "../../rule/diagnostic.ts";
import { parseNumberComparison } from "../../rule/number-comparison.ts";
import type { OptionText } from "../../rule/option-text.ts";

/**
 * buffer: sticky, no value. sided: sticky, and a rule of both directions may name one. modifier: claims the
 * content before it. flag: no value. u8 to u64: a comparison with a number. quoted: text in quotes. text:
 * anything. free: anything or nothing. removed: was there before Suricata 8.
 */
export type ProtocolValue =
  | "buffer"
  | "sided"
  | "modifier"
  | "flag"
  | "u8"
  | "u16"
  | "u32"
  | "u64"
  | "quoted"
  | "text"
  | "free"
  | "removed";

export interface ProtocolKeywordSpec {
  readonly name: string;
  readonly aliases?: readonly string[];
  readonly family: string;
  /** Any of them can have it. */
  readonly protocols: readonly string[];
  readonly value: ProtocolValue;
  readonly since?: string;
  /** A value for the example, where the kind does not tell one. */
  readonly example?: string;
}

const numberBits = { u8: 8, u16: 16, u32: 32, u64: 64 } as const;

export function protocolKeyword(spec: ProtocolKeywordSpec): Keyword {
  const { name, value } = spec;
  return defineKeyword<void>({
    name,
    ...(spec.aliases && { aliases: spec.aliases }),
    family: spec.family,
    summary: summaryOf(spec),
    syntax: syntaxOf(spec),
    since: spec.since ?? "<=7.0",
    argument: argumentOf(value),
    examples: [exampleOf(spec)],
    parse: (option) => checkValue(option, value),
    compile: (_, draft) => refuse(spec, draft),
  });
}

function refuse({ name, protocols, value }: ProtocolKeywordSpec, draft: RuleDraft): never {
  if (value === "removed") {
    throw new RuleError("removed-keyword", `"${name}" is gone since Suricata 8`);
  }
  if (value === "modifier") draft.previousContent(name);
  throw new RuleError("unsupported-keyword", `"${name}" needs the ${parserOf(protocols)}`, {
    severity: "unsupported",
  });
}

function parserOf(protocols: readonly string[]): string {
  const [first = "protocol", ...others] = protocols;
  return others.length === 0 ? `${first} parser` : `parser of ${[first, ...others].join(" or ")}`;
}

function checkValue(option: OptionText, value: ProtocolValue): void {
  switch (value) {
    case "buffer":
    case "modifier":
    case "flag":
      option.requireNone();
      return;
    case "sided":
      if (option.hasValue) option.oneOf(option.whole, ["to_server", "to_client"], "direction");
      return;
    case "u8":
    case "u16":
    case "u32":
    case "u64":
      parseNumberComparison(option, { bits: numberBits[value] });
      return;
    case "quoted":
      option.quoted({ quotes: "optional", negation: "allowed" });
      return;
    case "text":
      option.required();
      return;
    default:
      // Anything goes.
      value satisfies "free" | "removed";
  }
}

function argumentOf(value: ProtocolValue): "none" | "required" | "optional" {
  if (value === "buffer" || value === "modifier" || value === "flag") return "none";
  return value === "sided" || value === "free" || value === "removed" ? "optional" : "required";
}

function summaryOf({ name, protocols, value }: ProtocolKeywordSpec): string {
  const of = protocols.join(" or ");
  switch (value) {
    case "buffer":
    case "sided":
      return `Selects the buffer ${name.replaceAll(".", " ")} of ${of} traffic.`;
    case "modifier":
      return `Looks for the content before it in ${name.replaceAll("_", " ")}.`;
    case "removed":
      return `Compared a field of ${of} traffic before Suricata 8.`;
    default:
      return `Compares ${name.replaceAll(/[._]/g, " ")} of ${of} traffic.`;
  }
}

function syntaxOf({ name, value }: ProtocolKeywordSpec): string {
  switch (argumentOf(value)) {
    case "none":
      return name;
    case "optional":
      return value === "sided" ? `${name}[:to_server|to_client]` : `${name}[:VALUE]`;
    default:
      return value in numberBits ? `${name}:[op]N` : `${name}:VALUE`;
  }
}

function exampleOf({ name, value, example }: ProtocolKeywordSpec): Example {
  const meaning = `a use of ${name}`;
  if (example !== undefined) return { options: `${name}:${example};`, meaning };
  switch (value) {
    case "buffer":
    case "sided":
      return { options: `${name}; content:"abc";`, meaning };
    case "modifier":
      return { options: `content:"abc"; ${name};`, meaning };
    case "quoted":
      return { options: `${name}:"abc";`, meaning };
    case "flag":
    case "free":
    case "removed":
      return { options: `${name};`, meaning };
    default:
      return { options: `${name}:1;`, meaning };
  }
}
