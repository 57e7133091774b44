/**
 * A content with its modifiers while the rule is read. The modifiers (nocase, depth, offset, distance, within,
 * startswith, endswith, fast_pattern, rawbytes, replace) change it; the compiler reads it for the fast
 * pattern; `build` makes the step.
 */
import type { ChainStep } from "./chain.ts";
import type { RuleBuilder } from "./rule-builder.ts";
import type { ChainItem } from "./rule-draft.ts";

/** A number, or the variable of the same rule that holds it at run time. */
export type Quantity =
  | { readonly kind: "number"; readonly value: number }
  | { readonly kind: "variable"; readonly index: number };

export type FastPatternRequest =
  | { readonly kind: "whole" }
  | { readonly kind: "only" }
  | { readonly kind: "chop"; readonly offset: number; readonly length: number };

export class ContentItem implements ChainItem {
  readonly keyword = "content";
  readonly pattern: Uint8Array;
  readonly negated: boolean;
  nocase = false;
  offset: Quantity | null = null;
  depth: Quantity | null = null;
  distance: Quantity | null = null;
  within: Quantity | null = null;
  startsWith = false;
  endsWith = false;
  rawBytes = false;
  fastPattern: FastPatternRequest | null = null;
  /** Inline only: bytes that take the place of the match. */
  replacement: Uint8Array | null = null;

  private readonly builderOf: (item: ContentItem, builder: RuleBuilder) => ChainStep;

  /** `build` is given by the keyword that declares contents, so that this file knows no kernel. */
  constructor(
    pattern: Uint8Array,
    negated: boolean,
    build: (item: ContentItem, builder: RuleBuilder) => ChainStep,
  ) {
    this.pattern = pattern;
    this.negated = negated;
    this.builderOf = build;
  }

  get relative(): boolean {
    return this.distance !== null || this.within !== null;
  }

  build(builder: RuleBuilder): ChainStep {
    return this.builderOf(this, builder);
  }
}
