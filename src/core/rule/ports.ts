/**
 * Port expressions of rule headers as port sets: single ports, ranges `80:90`, `:1023`, `1024:`, `any`,
 * variables, lists with negation.
 */
import { RuleError, type Span } from "./diagnostic.ts";
import { type IntervalList, isWhole } from "./interval-list.ts";
import { type ListDomain, resolveList } from "./list-resolver.ts";
import { PortSet } from "./port-set.ts";
import type { RuleVariables } from "./rule-variables.ts";
import type { ListExpression } from "./syntax-tree.ts";

const PORT_LAST = 65_535n;

/** The ports of an expression. Throws RuleError with a span. */
export function resolvePorts(expression: ListExpression, variables: RuleVariables): PortSet {
  const domain: ListDomain = {
    name: "port",
    variables: variables.portGroups,
    lasts: [PORT_LAST],
    parseItem: parsePortItem,
  };
  const [ranges] = resolveList(expression, domain) as [IntervalList]; // one family
  const pairs = ranges.flatMap(({ from, to }) => [Number(from), Number(to)]);
  return new PortSet(isWhole(ranges, PORT_LAST), Uint16Array.from(pairs));
}

function parsePortItem(text: string, span: Span): ReturnType<ListDomain["parseItem"]> {
  const colon = text.indexOf(":");
  if (colon < 0) {
    const port = parsePort(text, text, span);
    return { familyIndex: 0, from: port, to: port };
  }
  const low = text.slice(0, colon).trim();
  const high = text.slice(colon + 1).trim();
  const from = low === "" ? 0n : parsePort(low, text, span);
  const to = high === "" ? PORT_LAST : parsePort(high, text, span);
  if (from > to) {
    const hint = "put the lower port first";
    throw new RuleError("reversed-range", `range "${text}" ends before it starts`, { span, hint });
  }
  return { familyIndex: 0, from, to };
}

function parsePort(text: string, whole: string, span: Span): bigint {
  if (/^\d{1,10}$/.test(text)) {
    const port = BigInt(text);
    if (port <= PORT_LAST) return port;
    throw new RuleError("port-out-of-range", `port ${text} is above 65535`, { span });
  }
  throw new RuleError("bad-port", `"${whole}" is not a port or a range of ports`, {
    span,
    ...portHint(whole),
  });
}

function portHint(text: string): { hint?: string } {
  if (/^\d+-\d+$/.test(text)) return { hint: `a range is written "${text.replace("-", ":")}"` };
  if (/^[A-Z][A-Z0-9_]*$/.test(text)) return { hint: `did you mean the variable "$${text}"?` };
  return {};
}
