/** Parses a piece of rule text and collects what comes out of it. */
import type { Diagnostic } from "../../../src/core/rule/diagnostic.ts";
import { parseRules, type RuleFileSummary } from "../../../src/core/rule/parse-rules.ts";
import type { ListExpression, RuleSyntax } from "../../../src/core/rule/syntax-tree.ts";

export interface ParsedText {
  readonly rules: readonly RuleSyntax[];
  readonly diagnostics: readonly Diagnostic[];
  readonly summary: RuleFileSummary;
}

export function parseText(text: string): ParsedText {
  const rules: RuleSyntax[] = [];
  const diagnostics: Diagnostic[] = [];
  const summary = parseRules(
    "local.rules",
    text,
    (rule) => rules.push(rule),
    (diagnostic) => diagnostics.push(diagnostic),
  );
  return { rules, diagnostics, summary };
}

/** The tree without spans and text, which differ when the same rule is written otherwise. */
export function treeOf({ header, options }: RuleSyntax): unknown {
  return {
    action: header.action,
    protocol: header.protocol,
    source: listTree(header.source),
    sourcePorts: listTree(header.sourcePorts),
    direction: header.direction,
    destination: listTree(header.destination),
    destinationPorts: listTree(header.destinationPorts),
    options: options.map(({ name, value }) => [name, value]),
  };
}

function listTree(expression: ListExpression): unknown {
  const tree = expression.kind === "item" ? expression.text : expression.items.map(listTree);
  return expression.negated ? { not: tree } : tree;
}
