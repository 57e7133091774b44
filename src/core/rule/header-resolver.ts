/**
 * Address and port expressions resolved once for each text: thousands of rules share a handful, and equal
 * expressions get the same set, so that sets can be compared by identity. One resolver a rule set.
 */
import type { AddressSet } from "./address-set.ts";
import { resolveAddresses } from "./addresses.ts";
import { printList } from "./list-syntax.ts";
import type { PortSet } from "./port-set.ts";
import { resolvePorts } from "./ports.ts";
import type { RuleVariables } from "./rule-variables.ts";
import type { ListExpression } from "./syntax-tree.ts";

export class HeaderResolver {
  private readonly variables: RuleVariables;
  private readonly addressSets = new Map<string, AddressSet>();
  private readonly portSets = new Map<string, PortSet>();

  constructor(variables: RuleVariables) {
    this.variables = variables;
  }

  /** The addresses of an expression. Throws RuleError with a span; failures are not remembered. */
  addresses(expression: ListExpression): AddressSet {
    const key = printList(expression);
    let set = this.addressSets.get(key);
    if (set === undefined) {
      set = resolveAddresses(expression, this.variables);
      this.addressSets.set(key, set);
    }
    return set;
  }

  /** The ports of an expression. Throws RuleError with a span; failures are not remembered. */
  ports(expression: ListExpression): PortSet {
    const key = printList(expression);
    let set = this.portSets.get(key);
    if (set === undefined) {
      set = resolvePorts(expression, this.variables);
      this.portSets.set(key, set);
    }
    return set;
  }
}
