/** Many syntax trees to a rule set, with every problem as a diagnostic; one bad rule never stops the others. */
import { type Diagnostic, RuleError, type Span } from "../rule/diagnostic.ts";
import { HeaderResolver } from "../rule/header-resolver.ts";
import type { Classification, ReferenceSystem } from "../rule/reference-files.ts";
import type { RuleOption, RuleSyntax } from "../rule/syntax-tree.ts";
import type { ThresholdLine } from "../rule/threshold-file.ts";
import { applyThresholdLines } from "./apply-threshold-lines.ts";
import { BufferTable } from "./buffer-table.ts";
import {
  type CompiledDraft,
  compileRule,
  OptionProblem,
  type RuleCompiler,
} from "./compile-rule.ts";
import { HeaderIndex } from "./header-index.ts";
import { ApplicationHeaders } from "./header-protocols.ts";
import type { Keyword } from "./keyword.ts";
import type { RuleBuilder } from "./rule-builder.ts";
import { compareOrder, defaultActionOrder, type OrderedAction } from "./rule-order.ts";
import { RuleSet } from "./rule-set.ts";

export interface CompileOptions {
  readonly keywords: readonly Keyword[];
  readonly builder: RuleBuilder;
  readonly classifications: ReadonlyMap<string, Classification>;
  readonly references: ReadonlyMap<string, ReferenceSystem>;
  readonly thresholds: readonly ThresholdLine[];
  /** Suricata's `action-order`; pass, drop, reject, alert without. */
  readonly actionOrder?: readonly OrderedAction[];
  /** Remarks on rules that load are wanted as well (missing msg, unknown class ...). */
  readonly isReview?: boolean;
}

/** Rules as written: one `<>` counts one. */
export interface CompileCounts {
  readonly loaded: number;
  readonly failed: number;
  readonly unsupported: number;
  /** Left out on their own demand (`requires`). */
  readonly skipped: number;
}

export interface CompileResult {
  readonly ruleSet: RuleSet;
  readonly diagnostics: readonly Diagnostic[];
  readonly counts: CompileCounts;
}

export function compileRules(rules: Iterable<RuleSyntax>, options: CompileOptions): CompileResult {
  const compilation = new RuleCompilation(options);
  for (const syntax of rules) compilation.add(syntax);
  return compilation.finish(options.thresholds);
}

interface KeptRule {
  readonly draft: CompiledDraft;
  readonly span: Span;
}

/** Rules one by one, so that no more than one syntax tree lives at a time: a third of the load time of 33,885 rules. */
export class RuleCompilation {
  private readonly compiler: RuleCompiler;
  private readonly diagnostics: Diagnostic[] = [];
  private readonly bySid = new Map<string, KeptRule>();
  private failed = 0;
  private unsupported = 0;
  private skipped = 0;

  constructor(options: Omit<CompileOptions, "thresholds">) {
    const keywords = new Map<string, Keyword>();
    for (const keyword of options.keywords) {
      for (const name of [keyword.name, ...(keyword.aliases ?? [])]) keywords.set(name, keyword);
    }
    this.compiler = {
      builder: options.builder,
      keywords,
      headers: new HeaderResolver(options.builder.variables),
      buffers: new BufferTable(),
      applications: new ApplicationHeaders(options.builder.protocols),
      classifications: options.classifications,
      references: options.references,
      actionOrder: options.actionOrder ?? defaultActionOrder,
      isReview: options.isReview ?? false,
    };
  }

  add(syntax: RuleSyntax): void {
    try {
      const draft = compileRule(syntax, this.compiler);
      if (draft === null) this.skipped++;
      else this.keep(draft, syntax);
    } catch (error) {
      this.report(error, syntax);
    }
  }

  /** Of two rules with one sid the one of the higher revision stays; otherwise the second is an error. */
  private keep(draft: CompiledDraft, syntax: RuleSyntax): void {
    const rule = draft.rules[0]!;
    const { sid, gid } = rule;
    const key = `${gid}:${sid}`;
    const known = this.bySid.get(key);
    const span = syntax.options.find(({ name }) => name === "sid")?.valueSpan ?? syntax.span;
    if (known !== undefined && rule.revision <= known.draft.rules[0]!.revision) {
      this.failed++;
      const message = `sid ${sid} is used by the rule at ${placeOf(known.span, span)}`;
      const hint = "give it a sid of its own, or a higher rev to replace that rule";
      const related = [known.span];
      const code = "duplicate-sid";
      this.diagnostics.push({ code, severity: "error", span, message, hint, sid, related });
      return;
    }
    for (const { option, problem } of draft.warnings) this.note(problem, option, syntax);
    if (known !== undefined) {
      this.bySid.delete(key);
      const message = `replaces the rule of the same sid and a lower rev at ${placeOf(known.span, span)}`;
      const related = [known.span];
      const code = "replaced-rule";
      this.diagnostics.push({ code, severity: "warning", span, message, sid, related });
    }
    this.bySid.set(key, { draft, span });
  }

  private report(error: unknown, syntax: RuleSyntax): void {
    const option = error instanceof OptionProblem ? error.option : null;
    const problem = error instanceof OptionProblem ? error.problem : error;
    if (!(problem instanceof RuleError)) throw error;
    if (problem.severity === "unsupported") this.unsupported++;
    else this.failed++;
    this.note(problem, option, syntax);
  }

  private note(problem: RuleError, option: RuleOption | null, syntax: RuleSyntax): void {
    const sid = Number(syntax.options.find(({ name }) => name === "sid")?.value ?? 0);
    this.diagnostics.push({
      code: problem.code,
      severity: problem.severity,
      span: spanOf(problem, option, syntax),
      message: problem.message,
      ...(problem.hint === undefined ? {} : { hint: problem.hint }),
      ...(sid > 0 ? { sid } : {}),
      ...(option === null ? {} : { keyword: option.name }),
    });
  }

  finish(thresholds: readonly ThresholdLine[]): CompileResult {
    return lastOf(this.finishInSteps(thresholds));
  }

  /** The same for callers that have other work in between. */
  *finishInSteps(thresholds: readonly ThresholdLine[]): Generator<undefined, CompileResult> {
    const drafts = [...this.bySid.values()].map(({ draft }) => draft);
    drafts.sort((a, b) => compareOrder(a.order, b.order));
    const rules = drafts.flatMap((draft) => draft.rules);
    rules.forEach((rule, index) => {
      rule.index = index;
    });
    const { headers, builder, buffers } = this.compiler;
    applyThresholdLines(rules, thresholds, headers, (diagnostic) =>
      this.diagnostics.push(diagnostic),
    );
    yield;
    const index = yield* HeaderIndex.inSteps(rules);
    const counts = {
      loaded: drafts.length,
      failed: this.failed,
      unsupported: this.unsupported,
      skipped: this.skipped,
    };
    const ruleSet = new RuleSet(rules, builder, buffers.entries, index);
    return { ruleSet, diagnostics: this.diagnostics, counts };
  }
}

/** What work in steps comes to. */
export function lastOf<Result>(steps: Generator<undefined, Result>): Result {
  for (;;) {
    const { done, value } = steps.next();
    if (done === true) return value;
  }
}

function placeOf(span: Span, from: Span): string {
  return span.file === from.file ? `line ${span.line}` : `${span.file}:${span.line}`;
}

function spanOf(problem: RuleError, option: RuleOption | null, syntax: RuleSyntax): Span {
  if (problem.span !== undefined) return problem.span;
  if (option === null) return syntax.header.actionSpan;
  if (problem.offset < 0 || option.value === null) return option.nameSpan;
  const { valueSpan } = option;
  return {
    ...valueSpan,
    column: valueSpan.column + problem.offset,
    length: Math.max(1, problem.length),
  };
}
