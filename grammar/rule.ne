# The header of a rule, over the tokens of src/core/rule/tokens.ts.
# Compiled to src/core/rule/grammar.generated.ts by scripts/generate.mjs. What each part is for: README.md.
#
# Keep it unambiguous: one left-recursive list a level and nothing nullable (the lexer drops white space).
# test/core/rule/grammar.test.ts asserts that every kind of rule has exactly one parse. Postprocessors only
# put tokens together; spans, checks and hints are made in src/core/rule.
@preprocessor module
@{%
import { ruleLexer } from "./tokens.ts";

const append = (list, item) => {
  list.push(item);
  return list;
};
%}
@lexer ruleLexer

# The header. What follows in parentheses is a plain sequence of options, which needs no grammar: the tokens
# alone say where each name and value ends (rule-grammar.ts reads them, at a third of the cost).
header -> %word %word list list arrow list list
  {% (d) => ({
    action: d[0],
    protocol: d[1],
    source: d[2],
    sourcePorts: d[3],
    direction: d[4],
    destination: d[5],
    destinationPorts: d[6],
  }) %}

# A word is let through in the arrow's place, so that a wrong one gets a message of its own.
arrow -> %arrow {% id %}
       | %word  {% id %}

# An address or port expression; also the start symbol when the value of a variable is parsed.
# Commas make a list outside brackets too: `!5800,!445` is `[!5800,!445]`.
list -> items {% (d) => (d[0].length === 1 ? d[0][0] : { negation: null, word: null, items: d[0], first: null, last: null }) %}

items -> term            {% (d) => [d[0]] %}
       | items "," term  {% (d) => append(d[0], d[2]) %}

term -> atom      {% id %}
      | "!" atom  {% (d) => ({ ...d[1], negation: d[0] }) %}

atom -> %word              {% (d) => ({ negation: null, word: d[0], items: null, first: d[0], last: d[0] }) %}
      | "[" items "]"      {% (d) => ({ negation: null, word: null, items: d[1], first: d[0], last: d[2] }) %}
      | "[" items "," "]"  {% (d) => ({ negation: null, word: null, items: d[1], first: d[0], last: d[3] }) %}
