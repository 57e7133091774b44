/** The value of flowvar and pktvar: a variable's name and bytes that it must contain. */
import { parsePatternText } from "../../../rule/content-pattern.ts";
import type { OptionText } from "../../../rule/option-text.ts";

export interface CapturedVariable {
  readonly name: string;
  readonly pattern: Uint8Array;
}

export function parseCapturedVariable(option: OptionText): CapturedVariable {
  option.required();
  const [name, value] = option.split(",", 2);
  if (name === undefined || value === undefined || name.text === "") {
    return option.failAt(
      option.whole,
      "missing-value",
      `"${option.keyword}" needs a name and a text`,
      `write ${option.keyword}:name,"text"`,
    );
  }
  const isQuoted = value.text.length >= 2 && value.text.startsWith('"') && value.text.endsWith('"');
  const piece = isQuoted ? { text: value.text.slice(1, -1), offset: value.offset + 1 } : value;
  return { name: name.text, pattern: parsePatternText(option, piece) };
}

/** Whether the pattern occurs in the value of a captured variable. */
export function containsPattern(value: Uint8Array, pattern: Uint8Array): boolean {
  for (let at = 0; at + pattern.length <= value.length; at++) {
    let matched = 0;
    while (matched < pattern.length && value[at + matched] === pattern[matched]) matched++;
    if (matched === pattern.length) return true;
  }
  return false;
}
