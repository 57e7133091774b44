/**
 * Prints a syntax tree as a rule in one form: single spaces in the header, lists in brackets, options as
 * written and separated by a space. Parsing the printed text gives the same tree, but for spans and text.
 */
import { printList } from "./list-syntax.ts";
import type { RuleOption, RuleSyntax } from "./syntax-tree.ts";

export function printRule({ header, options }: RuleSyntax): string {
  const source = `${printList(header.source)} ${printList(header.sourcePorts)}`;
  const destination = `${printList(header.destination)} ${printList(header.destinationPorts)}`;
  const head = `${header.action} ${header.protocol} ${source} ${header.direction} ${destination}`;
  return `${head} (${options.map(printOption).join(" ")})`;
}

function printOption({ name, value }: RuleOption): string {
  if (value === null) return `${name};`;
  // Without the space the backslash would protect the semicolon.
  return value.endsWith("\\") ? `${name}:${value} ;` : `${name}:${value};`;
}
