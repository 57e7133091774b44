/**
 * The syntax tree of one rule: header and generic options. It knows no particular keyword; keyword
 * declarations (core/keywords) give the options their meaning. Text is kept as latin-1 bytes in a string
 * (one character a byte, 0..255), so that odd encodings survive untouched and columns stay exact.
 */
import type { Span } from "./diagnostic.ts";

export type RuleAction =
  | "alert"
  | "pass"
  | "drop"
  | "reject"
  | "rejectsrc"
  | "rejectdst"
  | "rejectboth"
  | "config";

export type RuleDirection = "->" | "<>" | "=>";

/** An address or port expression as written: nested lists with negation. */
export type ListExpression =
  | { readonly kind: "item"; readonly text: string; readonly negated: boolean; readonly span: Span }
  | {
      readonly kind: "list";
      readonly items: readonly ListExpression[];
      readonly negated: boolean;
      readonly span: Span;
    };

export interface RuleHeader {
  readonly action: RuleAction;
  readonly actionSpan: Span;
  /** As written, lower case; `tcp`, `http1`, `tcp-pkt`, `http:request_line` (hook). */
  readonly protocol: string;
  readonly protocolSpan: Span;
  readonly source: ListExpression;
  readonly sourcePorts: ListExpression;
  readonly direction: RuleDirection;
  readonly destination: ListExpression;
  readonly destinationPorts: ListExpression;
}

export interface RuleOption {
  /** Lower case: keywords are found without regard to case. */
  readonly name: string;
  readonly nameSpan: Span;
  /** The text after the colon up to the unescaped `;`, surrounding white space removed; null without a colon. */
  readonly value: string | null;
  readonly valueSpan: Span;
}

export interface RuleSyntax {
  readonly header: RuleHeader;
  readonly options: readonly RuleOption[];
  /** The whole rule as written (continuation lines joined), latin-1. */
  readonly text: string;
  readonly span: Span;
}
