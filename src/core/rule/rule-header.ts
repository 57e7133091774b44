/**
 * The checks of a rule's header that need no variables: which actions and arrows there are, and the shape of
 * a protocol name. Which protocols exist is known to their declarations, not here.
 */
import type { Problem } from "./rule-source.ts";
import { didYouMean } from "./suggest.ts";
import type { RuleAction, RuleDirection } from "./syntax-tree.ts";
import type { RuleToken } from "./tokens.ts";

export const ruleActions: readonly RuleAction[] = [
  "alert",
  "config",
  "drop",
  "pass",
  "reject",
  "rejectboth",
  "rejectdst",
  "rejectsrc",
];

export const ruleDirections: readonly RuleDirection[] = ["->", "<>", "=>"];

export function isRuleAction(word: string): word is RuleAction {
  return (ruleActions as readonly string[]).includes(word);
}

export function isRuleDirection(word: string): word is RuleDirection {
  return (ruleDirections as readonly string[]).includes(word);
}

/** The problem with an action, or null. Case does not matter; `accept` and scopes belong to firewall rules. */
export function checkAction(token: RuleToken): Problem | null {
  const word = token.value.toLowerCase();
  if (isRuleAction(word)) return null;
  const place = { offset: token.offset, length: token.value.length };
  const colon = word.indexOf(":");
  if (
    word === "accept" ||
    (colon > 0 && (word.startsWith("accept:") || isRuleAction(word.slice(0, colon))))
  ) {
    return {
      ...place,
      code: "firewall-action",
      severity: "unsupported",
      message: `action "${token.value}" is for firewall rules, which are not supported`,
    };
  }
  return {
    ...place,
    code: "unknown-action",
    message: `unknown action "${token.value}", expected one of ${ruleActions.join(", ")}`,
    hint: didYouMean(word, ruleActions),
  };
}

const PROTOCOL = /^[a-z0-9_][a-z0-9_.-]*(?::[a-z0-9_]+)?$/i;

/** The problem with the shape of a protocol name, `name` or `name:hook`, or null. */
export function checkProtocol(token: RuleToken): Problem | null {
  if (PROTOCOL.test(token.value)) return null;
  return {
    code: "bad-protocol",
    message: `"${token.value}" is not a protocol name, expected a name or name:hook`,
    offset: token.offset,
    length: token.value.length,
  };
}

const DIRECTION_HINTS: ReadonlyMap<string, string> = new Map([
  ["<-", 'swap the two sides and write "->"'],
  ["<=", 'swap the two sides and write "=>"'],
  ["<->", 'did you mean "<>"?'],
  ["<=>", 'did you mean "<>"?'],
  ["><", 'did you mean "<>"?'],
  ["-", 'did you mean "->"?'],
  [">", 'did you mean "->"?'],
  ["-->", 'did you mean "->"?'],
  ["==>", 'did you mean "=>"?'],
]);

export function checkDirection(token: RuleToken): Problem | null {
  if (isRuleDirection(token.value)) return null;
  return {
    code: "unknown-direction",
    message: `unknown direction "${token.value}", expected "->", "<>" or "=>"`,
    offset: token.offset,
    length: token.value.length,
    hint: DIRECTION_HINTS.get(token.value),
  };
}
