/** Tests of HTTP that are no buffers. */
import { type NumberComparison, parseNumberPiece } from "../../rule/number-comparison.ts";
import { defineTest } from "../test.ts";

export interface UriLength {
  readonly comparison: NumberComparison;
  readonly isRaw: boolean;
}

export const urilen = defineTest<UriLength>({
  name: "urilen",
  family: "content",
  summary: "Compares the length of the request target, in its normal form unless said otherwise.",
  syntax: "urilen:[op]N[,norm|raw]",
  argument: "required",
  examples: [
    { options: "urilen:11;", meaning: "a target of eleven bytes" },
    { options: "urilen:5<>10,norm;", meaning: "six to nine bytes in the normal form" },
  ],
  parse(option) {
    const [number, form] = option.split(",", 2);
    const isRaw = form !== undefined && option.oneOf(form, ["norm", "raw"], "form") === "raw";
    const whole = number ?? option.whole;
    const comparison = parseNumberPiece(option, whole, { bits: 16 });
    return { comparison, isRaw };
  },
});
