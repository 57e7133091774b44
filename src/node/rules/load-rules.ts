/** Rule files from disk to a compiled rule set, with the data files that rules refer to. */
import fs from "node:fs";
import path from "node:path";
import {
  type CompileCounts,
  type CompileResult,
  lastOf,
  RuleCompilation,
} from "../../core/detect/compile-rules.ts";
import type { RuleBuilder } from "../../core/detect/rule-builder.ts";
import { isOrderedAction } from "../../core/detect/rule-order.ts";
import { keywords } from "../../core/keywords/index.ts";
import type { Diagnostic } from "../../core/rule/diagnostic.ts";
import { parseRulesInSteps } from "../../core/rule/parse-rules.ts";
import { parseClassifications, parseReferenceSystems } from "../../core/rule/reference-files.ts";
import { parseThresholdFile } from "../../core/rule/threshold-file.ts";
import { FileError } from "../errors.ts";

export interface RuleFiles {
  readonly rules: readonly string[];
  /** Null: the ones that ship with the engine. */
  readonly classifications: string | null;
  readonly references: string | null;
  readonly thresholds: string | null;
  /** Empty: the default order. */
  readonly actionOrder: readonly string[];
  /** Remarks on rules that load are wanted as well. */
  readonly isReview?: boolean;
}

export interface LoadedRules extends CompileResult {
  /** Rules found in the files, broken ones included. */
  readonly ruleCount: number;
  readonly fileCount: number;
  /** A rule or a list file has an error. */
  readonly isBad: boolean;
}

/** Reads and compiles. Throws FileError for a file that cannot be read; bad rules are diagnostics. */
export function loadRules(files: RuleFiles, builder: RuleBuilder, shipped: string): LoadedRules {
  return lastOf(loadRulesInSteps(files, builder, shipped));
}

/** The same in steps of one rule, and some longer ones at the end. */
export function* loadRulesInSteps(
  files: RuleFiles,
  builder: RuleBuilder,
  shipped: string,
): Generator<undefined, LoadedRules> {
  const diagnostics: Diagnostic[] = [];
  const report = (diagnostic: Diagnostic): void => void diagnostics.push(diagnostic);
  const classFile = existing(files.classifications) ?? path.join(shipped, "classification.config");
  const referenceFile = existing(files.references) ?? path.join(shipped, "reference.config");
  const classifications = parseClassifications(classFile, readLatin1(classFile), report);
  const references = parseReferenceSystems(referenceFile, readLatin1(referenceFile), report);
  const thresholds =
    existing(files.thresholds) === null || files.thresholds === null
      ? []
      : parseThresholdFile(files.thresholds, readLatin1(files.thresholds), report);
  const compilation = new RuleCompilation({
    keywords,
    builder,
    classifications,
    references,
    ...(files.actionOrder.length > 0
      ? { actionOrder: files.actionOrder.filter(isOrderedAction) }
      : {}),
    isReview: files.isReview ?? false,
  });
  const sources = new Map<string, SourceLines>();
  let ruleCount = 0;
  const parsed = { failed: 0, unsupported: 0 };
  for (const file of files.rules) {
    const text = readLatin1(file);
    sources.set(file, new SourceLines(text));
    const found: Diagnostic[] = [];
    const summary = yield* parseRulesInSteps(
      file,
      text,
      (rule) => compilation.add(rule),
      (one) => found.push(one),
    );
    diagnostics.push(...found);
    ruleCount += summary.ruleCount;
    const unsupported = unsupportedRules(found);
    parsed.unsupported += unsupported;
    parsed.failed += summary.ruleCount - summary.parsedCount - unsupported;
  }
  yield;
  const result = yield* compilation.finishInSteps(thresholds);
  const counts: CompileCounts = {
    ...result.counts,
    failed: result.counts.failed + parsed.failed,
    unsupported: result.counts.unsupported + parsed.unsupported,
  };
  const all = [...diagnostics, ...result.diagnostics].map((diagnostic) =>
    withSource(diagnostic, sources),
  );
  sortByPlace(all, files.rules);
  const isBad = all.some(({ severity }) => severity === "error");
  return { ...result, counts, diagnostics: all, ruleCount, fileCount: files.rules.length, isBad };
}

/** Suricata goes on without these files, so a missing one means the shipped one. */
function existing(file: string | null): string | null {
  return file !== null && fs.existsSync(file) ? file : null;
}

/** Rules that the parser refused only because something in them is not supported. */
function unsupportedRules(found: readonly Diagnostic[]): number {
  const wrong = new Set(
    found.filter(({ severity }) => severity === "error").map(({ span }) => span.line),
  );
  return found.filter(({ severity, span }) => severity === "unsupported" && !wrong.has(span.line))
    .length;
}

/** List files first, then the rule files as given; by line and column in each. */
function sortByPlace(diagnostics: Diagnostic[], files: readonly string[]): void {
  const order = new Map(files.map((file, index) => [file, index]));
  const place = ({ span }: Diagnostic): number => order.get(span.file) ?? -1;
  diagnostics.sort(
    (a, b) => place(a) - place(b) || a.span.line - b.span.line || a.span.column - b.span.column,
  );
}

/** The lines of a text, found when the first is asked for. */
class SourceLines {
  private readonly text: string;
  private starts: number[] | null = null;

  constructor(text: string) {
    this.text = text;
  }

  /** Line `number`, from 1, without its end; undefined past the last. */
  line(number: number): string | undefined {
    this.starts ??= lineStarts(this.text);
    const start = this.starts[number - 1];
    if (start === undefined) return undefined;
    return this.text.slice(start, this.starts[number]).replace(/\r?\n$/, "");
  }
}

function lineStarts(text: string): number[] {
  const starts = [0];
  for (let at = text.indexOf("\n"); at >= 0; at = text.indexOf("\n", at + 1)) starts.push(at + 1);
  return starts;
}

/** Adds the source line for the caret. */
function withSource(diagnostic: Diagnostic, sources: Map<string, SourceLines>): Diagnostic {
  if (diagnostic.source !== undefined) return diagnostic;
  const { file, line } = diagnostic.span;
  let lines = sources.get(file);
  if (lines === undefined) {
    lines = new SourceLines(readLatin1(file));
    sources.set(file, lines);
  }
  const source = lines.line(line);
  return source === undefined ? diagnostic : { ...diagnostic, source };
}

function readLatin1(file: string): string {
  try {
    return fs.readFileSync(file, "latin1");
  } catch (cause) {
    throw new FileError(`cannot read "${file}"`, { cause });
  }
}
