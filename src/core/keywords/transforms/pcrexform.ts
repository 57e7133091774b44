/** pcrexform: the buffer becomes what the one group of a regular expression captured. */
import type { ByteRange } from "../../detect/byte-range.ts";
import {
  compileRegex,
  MATCH,
  NO_REGEX_FLAGS,
  type Regex,
  RegexSyntaxError,
} from "../../match/regex/index.ts";
import type { OptionText } from "../../rule/option-text.ts";
import { argumentTransformKeyword } from "../families/transform-keyword.ts";
import { copyRange } from "./rewriting/copy-range.ts";

interface Expression {
  readonly text: string;
  readonly regex: Regex;
}

export const pcreXform = argumentTransformKeyword<Expression>({
  name: "pcrexform",
  summary: "Turns the buffer into what the one group of an expression captures.",
  value: {
    syntax: 'pcrexform:"expression with one (group)"',
    argument: "required",
    parse: parseExpression,
    key: ({ text }) => text,
  },
  examples: [
    {
      options: 'tcp.hdr; pcrexform:"[A-Z]+ (.*) HTTP"; content:"/gate.php"; startswith;',
      meaning: "what stands between method and version",
    },
  ],
  apply: extract,
});

function parseExpression(option: OptionText): Expression {
  const quoted = option.quoted({ quotes: "required" });
  const { text, offset } = quoted;
  try {
    const regex = compileRegex(text, NO_REGEX_FLAGS);
    if (regex.groupCount !== 1) {
      option.failAt(
        quoted,
        "bad-expression",
        `the expression must have one group, found ${regex.groupCount}`,
        'write "(?:...)" for groups that capture nothing',
      );
    }
    return { text, regex };
  } catch (error) {
    if (!(error instanceof RegexSyntaxError)) throw error;
    const place = { offset: offset + error.offset, length: 1 };
    return option.fail("bad-expression", `the expression is wrong: ${error.message}`, place);
  }
}

function extract(
  input: ByteRange,
  output: ByteRange,
  limit: number,
  { regex }: Expression,
): boolean {
  const { bytes, start, end } = input;
  output.end = output.start;
  if (regex.search(bytes, start, end, start) !== MATCH) return false;
  const groups = regex.captures();
  const from = groups[2]!;
  if (from < 0) return false;
  copyRange(bytes, from, groups[3]!, output, limit);
  return true;
}
