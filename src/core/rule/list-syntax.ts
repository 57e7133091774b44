/**
 * Address and port expressions as syntax: from the grammar's terms to the tree, from the text of a variable
 * to the tree, and back to text. What the items mean is in addresses.ts and ports.ts.
 */
import { RuleError, type Span } from "./diagnostic.ts";
import { explainList } from "./explain-syntax.ts";
import { GrammarParser, type ParsedTerm, tokenize } from "./rule-grammar.ts";
import type { ListExpression } from "./syntax-tree.ts";

/** Lists inside lists; Suricata has no limit, people need two or three. */
export const LIST_DEPTH_MAX = 32;

/** Makes the tree of a term; `spanOf` turns a place in the text into a span. Throws RuleError when too deep. */
export function toListExpression(
  term: ParsedTerm,
  spanOf: (offset: number, length: number) => Span,
  depth = 0,
): ListExpression {
  const { start, end } = termRange(term);
  const span = spanOf(start, end - start);
  const negated = term.negation !== null;
  if (term.items === null) return { kind: "item", text: term.word?.value ?? "", negated, span };
  if (depth >= LIST_DEPTH_MAX) {
    throw new RuleError("list-too-deep", `more than ${LIST_DEPTH_MAX} lists inside each other`, {
      span,
    });
  }
  const items = term.items.map((item) => toListExpression(item, spanOf, depth + 1));
  return { kind: "list", items, negated, span };
}

function termRange(term: ParsedTerm): { start: number; end: number } {
  const first = term.negation ?? term.first;
  if (first !== null && term.last !== null) {
    return { start: first.offset, end: term.last.offset + term.last.value.length };
  }
  const items = term.items ?? [];
  const from = items[0];
  const to = items[items.length - 1];
  if (from === undefined || to === undefined) return { start: 0, end: 0 };
  return { start: termRange(from).start, end: termRange(to).end };
}

/** Parses the value of a variable; every part gets `span`. Throws RuleError. */
export function parseListText(text: string, span: Span): ListExpression {
  const term = new GrammarParser().parseList(text);
  if (term !== null) return toListExpression(term, () => span);
  const problem = explainList(tokenize(text), text);
  throw new RuleError(problem.code, problem.message, {
    span,
    ...(problem.hint ? { hint: problem.hint } : {}),
  });
}

/** Text of an expression in one form: no white space, lists in brackets. */
export function printList(expression: ListExpression): string {
  const sign = expression.negated ? "!" : "";
  if (expression.kind === "item") return sign + expression.text;
  return `${sign}[${expression.items.map(printList).join(",")}]`;
}
