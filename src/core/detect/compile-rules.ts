/** Many syntax trees to a rule set, with every problem as a diagnostic; one bad rule never stops the others. */
import type { Diagnostic, RuleError, Span } from "../rule/diagnostic.ts";
import { RuleError as RuleErrorClass } from "../rule/diagnostic.ts";
import { HeaderResolver } from "../rule/header-resolver.ts";
import type { Classification, ReferenceSystem } from "../rule/reference-files.ts";
import type { RuleOption, RuleSyntax } from "../rule/syntax-tree.ts";
import type { ThresholdLine } from "../rule/threshold-file.ts";
import {
  type CompiledDraft,
  compileRule,
  OptionProblem,
  type RuleCompiler,
} from "./compile-rule.ts";
import type { Keyword } from "./keyword.ts";
import type { RuleBuilder } from "./rule-builder.ts";
import { compareOrder, defaultActionOrder } from "./rule-order.ts";
import { RuleSet } from "./rule-set.ts";

export interface CompileOptions {
  readonly keywords: readonly Keyword[];
  readonly builder: RuleBuilder;
  readonly classifications: ReadonlyMap<string, Classification>;
  readonly references: ReadonlyMap<string, ReferenceSystem>;
  readonly thresholds: readonly ThresholdLine[];
  /** Names of actions, the first is evaluated first; Suricata's `action-order`. */
  readonly actionOrder?: readonly string[];
}

export interface CompileCounts {
  readonly loaded: number;
  readonly failed: number;
  readonly unsupported: number;
  readonly skipped: number;
}

export interface CompileResult {
  readonly ruleSet: RuleSet;
  readonly diagnostics: readonly Diagnostic[];
  readonly counts: CompileCounts;
}

export function compileRules(rules: Iterable<RuleSyntax>, options: CompileOptions): CompileResult {
  const keywords = new Map<string, Keyword>();
  for (const keyword of options.keywords) {
    for (const name of [keyword.name, ...(keyword.aliases ?? [])]) keywords.set(name, keyword);
  }
  const compiler: RuleCompiler = {
    builder: options.builder,
    keywords,
    headers: new HeaderResolver(options.builder.variables),
    classifications: options.classifications,
    references: options.references,
    actionOrder: options.actionOrder ?? defaultActionOrder,
  };
  const batch = new RuleBatch(compiler);
  for (const syntax of rules) batch.add(syntax);
  return batch.finish(options);
}

class RuleBatch {
  private readonly compiler: RuleCompiler;
  private readonly diagnostics: Diagnostic[] = [];
  private readonly bySid = new Map<string, { draft: CompiledDraft; syntax: RuleSyntax }>();
  private failed = 0;
  private unsupported = 0;
  private skipped = 0;

  constructor(compiler: RuleCompiler) {
    this.compiler = compiler;
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

  /** Of two rules with one sid the higher revision stays; equal ones are an error. */
  private keep(draft: CompiledDraft, syntax: RuleSyntax): void {
    for (const { option, problem } of draft.warnings) this.note(problem, option, syntax);
    const key = `${draft.rule.gid}:${draft.rule.sid}`;
    const known = this.bySid.get(key);
    if (known === undefined) {
      this.bySid.set(key, { draft, syntax });
      return;
    }
    const newer = draft.rule.revision > known.draft.rule.revision;
    if (newer) this.bySid.set(key, { draft, syntax });
    this.failed++;
    this.diagnostics.push({
      code: "duplicate-sid",
      severity: "error",
      span: (newer ? known.syntax : syntax).span,
      message: `sid ${draft.rule.sid} is used by another rule, at line ${(newer ? syntax : known.syntax).span.line}`,
      sid: draft.rule.sid,
    });
  }

  private report(error: unknown, syntax: RuleSyntax): void {
    const option = error instanceof OptionProblem ? error.option : null;
    const problem = error instanceof OptionProblem ? error.problem : error;
    if (!(problem instanceof RuleErrorClass)) throw error;
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
    });
  }

  finish(options: CompileOptions): CompileResult {
    const drafts = [...this.bySid.values()].map(({ draft }) => draft);
    drafts.sort((a, b) => compareOrder(a.order, b.order));
    drafts.forEach(({ rule }, index) => {
      rule.index = index;
    });
    const rules = drafts.map(({ rule }) => rule);
    const ruleSet = new RuleSet(rules, options.builder, options.thresholds);
    const counts = {
      loaded: rules.length,
      failed: this.failed,
      unsupported: this.unsupported,
      skipped: this.skipped,
    };
    return { ruleSet, diagnostics: this.diagnostics, counts };
  }
}

function spanOf(problem: RuleError, option: RuleOption | null, syntax: RuleSyntax): Span {
  if (problem.span !== undefined) return problem.span;
  if (option === null) return syntax.span;
  if (problem.offset < 0 || option.value === null) return option.nameSpan;
  const { valueSpan } = option;
  return {
    ...valueSpan,
    column: valueSpan.column + problem.offset,
    length: Math.max(1, problem.length),
  };
}
