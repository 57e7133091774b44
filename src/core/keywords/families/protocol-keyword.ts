/**
 * The shape of keywords that are known by name but need a part of the engine that is not there yet: a rule
 * that uses one is reported as unsupported, never loaded without the condition.
 */
import { defineKeyword, type Keyword } from "../../detect/keyword.ts";
import { RuleError } from "../../rule/diagnostic.ts";

export interface ProtocolKeywordSpec {
  readonly name: string;
  readonly aliases: readonly string[];
  readonly family: string;
  /** The application protocol, or what else is missing. */
  readonly protocol: string;
  readonly argument: "none" | "required" | "optional";
}

export function protocolKeyword(spec: ProtocolKeywordSpec): Keyword {
  const { name, aliases, family, protocol, argument } = spec;
  const options = argument === "required" ? `${name}:1;` : `${name};`;
  return defineKeyword<void>({
    name,
    ...(aliases.length > 0 && { aliases }),
    family,
    summary: `Needs the ${protocol} parser, which is not there yet.`,
    syntax: argument === "required" ? `${name}:VALUE` : name,
    since: "<=7.0",
    argument,
    examples: [{ options, meaning: "reported as unsupported" }],
    parse: () => undefined,
    compile() {
      throw new RuleError(
        "unsupported-keyword",
        `"${name}" needs the ${protocol} parser, which is not there yet`,
        { severity: "unsupported" },
      );
    },
  });
}
