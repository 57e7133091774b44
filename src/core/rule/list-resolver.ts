/**
 * The part of list expressions that addresses and ports share: variables, negation and nesting, with
 * Suricata's meaning. A list that is not negated dissolves into the one around it, its negations too; the
 * result is what is named less what is negated, of a whole family where only negations are named. A negated
 * list or variable is worked out first and then taken away as one.
 */
import { RuleError, type Span } from "./diagnostic.ts";
import {
  type Interval,
  type IntervalList,
  joinIntervals,
  subtractIntervals,
} from "./interval-list.ts";
import { parseListText } from "./list-syntax.ts";
import { didYouMean } from "./suggest.ts";
import type { ListExpression } from "./syntax-tree.ts";

/** A kind of number space: one family for ports, two for addresses. */
export interface ListDomain {
  /** For messages: "address" or "port". */
  readonly name: string;
  readonly variables: ReadonlyMap<string, string>;
  /** Last number of each family. */
  readonly lasts: readonly bigint[];
  /** Range of one item that is neither `any` nor a variable. Throws RuleError. */
  parseItem(text: string, span: Span): Interval & { readonly familyIndex: number };
}

interface Collected {
  readonly named: Interval[][];
  readonly negated: Interval[][];
}

/** Values of variables inside each other. */
const VARIABLE_DEPTH_MAX = 32;

/** One interval list a family. Throws RuleError with a span. */
export function resolveList(
  expression: ListExpression,
  domain: ListDomain,
): readonly IntervalList[] {
  const collected: Collected = {
    named: domain.lasts.map(() => []),
    negated: domain.lasts.map(() => []),
  };
  new ListWalk(domain).collect(expression, collected, []);
  return mergeNegated(collected, domain, expression.span);
}

class ListWalk {
  private readonly domain: ListDomain;

  constructor(domain: ListDomain) {
    this.domain = domain;
  }

  collect(expression: ListExpression, into: Collected, path: readonly string[]): void {
    if (expression.kind === "list") {
      if (expression.negated) this.collectNegated(expression.items, expression.span, into, path);
      else for (const item of expression.items) this.collect(item, into, path);
    } else if (expression.text.startsWith("$")) this.collectVariable(expression, into, path);
    else
      this.collectItem(
        expression.text,
        expression.span,
        expression.negated ? into.negated : into.named,
      );
  }

  private collectItem(text: string, span: Span, target: Interval[][]): void {
    if (text.toLowerCase() === "any") {
      for (const [index, to] of this.domain.lasts.entries()) target[index]!.push({ from: 0n, to });
      return;
    }
    const { familyIndex, from, to } = this.domain.parseItem(text, span);
    target[familyIndex]!.push({ from, to });
  }

  /** Works out the items as a list of their own, then takes the result away. */
  private collectNegated(
    items: readonly ListExpression[],
    span: Span,
    into: Collected,
    path: readonly string[],
  ): void {
    const inner: Collected = { named: into.named.map(() => []), negated: into.named.map(() => []) };
    for (const item of items) this.collect(item, inner, path);
    const merged = mergeNegated(inner, this.domain, span);
    for (const [index, intervals] of merged.entries()) into.negated[index]!.push(...intervals);
  }

  private collectVariable(
    item: ListExpression & { kind: "item" },
    into: Collected,
    path: readonly string[],
  ): void {
    const name = item.text.slice(1);
    const value = this.variableValue(name, item.span, path);
    const inside = [...path, name];
    try {
      const expression = parseListText(value, item.span);
      if (item.negated) this.collectNegated([expression], item.span, into, inside);
      else this.collect(expression, into, inside);
    } catch (error) {
      throw inVariable(error, name, item.span);
    }
  }

  private variableValue(name: string, span: Span, path: readonly string[]): string {
    const { variables, name: kind } = this.domain;
    if (path.includes(name) || path.length >= VARIABLE_DEPTH_MAX) {
      const cycle = [...path, name].map((step) => `$${step}`).join(" -> ");
      throw new RuleError("cyclic-variable", `variable refers to itself: ${cycle}`, { span });
    }
    const value = variables.get(name);
    if (value === undefined) {
      const hint = didYouMean(
        `$${name}`,
        Array.from(variables.keys(), (known) => `$${known}`),
      );
      const message = `undefined ${kind} variable "$${name}"`;
      throw new RuleError("undefined-variable", message, { span, ...(hint ? { hint } : {}) });
    }
    if (value.trim() === "") {
      const hint = 'a negated value needs quotes in the configuration: "!$HOME_NET"';
      throw new RuleError("empty-variable", `variable "$${name}" has no value`, { span, hint });
    }
    return value;
  }
}

function inVariable(error: unknown, name: string, span: Span): unknown {
  if (!(error instanceof RuleError) || error.code === "cyclic-variable") return error;
  if (error.message.includes("(in variable ")) return error; // named the innermost variable already
  return new RuleError(error.code, `${error.message} (in variable "$${name}")`, {
    span,
    ...(error.hint === undefined ? {} : { hint: error.hint }),
  });
}

/** What is named less what is negated. Nothing may not be left, nor a whole family taken away. */
function mergeNegated(
  collected: Collected,
  domain: ListDomain,
  span: Span,
): readonly IntervalList[] {
  const negated = collected.negated.map(joinIntervals);
  const first = negated[0]!;
  if (first.length === 1 && first[0]!.from === 0n && first[0]!.to === domain.lasts[0]) {
    throw new RuleError("complete-negation", `the negations leave no ${domain.name}`, {
      span,
      hint: `"!any" can never match`,
    });
  }
  const merged = negated.map((removed, index) => {
    const named = joinIntervals(collected.named[index]!);
    const isPureNegation = named.length === 0 && removed.length > 0;
    const whole = [{ from: 0n, to: domain.lasts[index]! }];
    return subtractIntervals(isPureNegation ? whole : named, removed);
  });
  if (merged.every((intervals) => intervals.length === 0)) {
    throw new RuleError("complete-negation", `the negations leave no ${domain.name}`, { span });
  }
  return merged;
}
