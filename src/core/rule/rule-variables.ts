/**
 * The variables that rule headers may use, as text; resolved where an expression uses them (list-resolver.ts).
 */

/** The `vars` section of suricata.yaml: names without the dollar sign, values as written there. */
export interface RuleVariables {
  readonly addressGroups: ReadonlyMap<string, string>;
  readonly portGroups: ReadonlyMap<string, string>;
}
