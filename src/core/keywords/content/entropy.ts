/**
 * entropy: Shannon entropy of the buffer's bytes, 0 to 8 bits a byte. What was measured last stays with the flow,
 * for the metadata of its events.
 */
import type { BufferDeclaration } from "../../detect/buffer.ts";
import type { BufferInspection, Chain, ChainStep } from "../../detect/chain.ts";
import type { DetectionContext } from "../../detect/detection-context.ts";
import { defineKeyword } from "../../detect/keyword.ts";
import type { OptionText, TextPiece } from "../../rule/option-text.ts";
import { namedPart, PartsSeen } from "./matching/byte-options.ts";

type Operator = "=" | "!=" | "<" | "<=" | ">" | ">=" | "range" | "notRange";

interface Comparison {
  readonly operator: Operator;
  readonly value: number;
  /** Upper end of a range; both ends are exclusive. */
  readonly value2: number;
}

interface Entropy {
  /** 0: to the end. */
  readonly bytes: number;
  readonly offset: number;
  readonly comparison: Comparison;
}

export const entropy = defineKeyword<Entropy>({
  name: "entropy",
  family: "content",
  summary: "Compares the Shannon entropy of the buffer, from 0 to 8 bits a byte.",
  syntax: "entropy:[bytes N,] [offset N,] value [=|!=|<|<=|>|>=]X | A-B",
  since: "8.0.0",
  argument: "required",
  examples: [
    { options: "entropy:value >= 7.5;", meaning: "the payload looks encrypted or compressed" },
    { options: "entropy:bytes 64, offset 16, value <2;", meaning: "64 bytes of little variety" },
  ],
  parse(option) {
    option.required();
    const seen = new PartsSeen();
    let bytes = 0;
    let offset = 0;
    let comparison: Comparison | null = null;
    for (const piece of option.split()) {
      const part = namedPart(option, piece);
      seen.add(option, part);
      const { name, argument } = part;
      if (name === "bytes") bytes = option.integer(argument, { max: 2_147_483_647, name });
      else if (name === "offset") {
        offset = option.integer(argument, { min: -65_535, max: 65_535, name });
      } else if (name === "value") comparison = parseComparison(option, argument);
      else option.failAt(piece, "unknown-value", `unknown option "${name}"`);
    }
    if (comparison === null) {
      return option.failAt(option.whole, "missing-value", '"entropy" needs "value"');
    }
    return { bytes, offset, comparison };
  },
  compile(value, draft) {
    const name = nameOf(draft.currentBuffer.declaration);
    const build = (): ChainStep => new EntropyStep(value, name);
    draft.addItem({ keyword: "entropy", relative: false, build });
  },
});

/** The buffer by the name that Suricata has for it inside. */
function nameOf({ name, scope, protocolBuffer }: BufferDeclaration): string {
  if (scope === "payload") return "content";
  const old = protocolBuffer?.modifier ?? protocolBuffer?.aliases?.find((it) => it.includes("_"));
  return old ?? name;
}

const NUMBER = String.raw`(\d+(?:\.\d*)?|\.\d+)`;
const SIMPLE = new RegExp(`^(=|!=|!|<=|>=|<|>|)\\s*${NUMBER}$`);
const RANGE = new RegExp(`^(!?)\\s*${NUMBER}\\s*(?:-|<>)\\s*${NUMBER}$`);

function parseComparison(option: OptionText, piece: TextPiece): Comparison {
  const range = RANGE.exec(piece.text);
  if (range !== null) {
    const [, not, low, high] = range;
    const comparison = { value: Number(low), value2: Number(high) };
    if (comparison.value >= comparison.value2) {
      option.failAt(piece, "impossible-comparison", `nothing is between ${low} and ${high}`);
    }
    return { operator: not === "!" ? "notRange" : "range", ...comparison };
  }
  const simple = SIMPLE.exec(piece.text);
  if (simple === null) {
    return option.failAt(piece, "bad-comparison", `"${piece.text}" is not a comparison`);
  }
  const sign = simple[1] === "" ? "=" : simple[1] === "!" ? "!=" : simple[1];
  // The expression allows these signs alone.
  return { operator: sign as Operator, value: Number(simple[2]), value2: 0 };
}

class EntropyStep implements ChainStep {
  readonly keyword = "entropy";
  readonly relative = false;
  private readonly bytes: number;
  private readonly offset: number;
  private readonly comparison: Comparison;
  private readonly name: string;
  private readonly counts = new Uint32Array(256);

  constructor({ bytes, offset, comparison }: Entropy, name: string) {
    this.name = name;
    this.bytes = bytes;
    this.offset = Math.max(0, offset);
    this.comparison = comparison;
  }

  run(inspection: BufferInspection, chain: Chain, index: number): boolean {
    const start = inspection.start + this.offset;
    const end = this.bytes === 0 ? inspection.end : start + this.bytes;
    if (start > inspection.end || end > inspection.end) return false;
    const value = this.measure(inspection.bytes, start, end);
    this.keep(inspection.context, value);
    return holds(this.comparison, value) && chain.match(inspection, index + 1);
  }

  private keep({ flow, state }: DetectionContext, value: number): void {
    if (flow === null) return;
    const known = state.ofFlow(flow);
    known.entropies ??= new Map();
    known.entropies.set(this.name, value);
  }

  private measure(bytes: Uint8Array, start: number, end: number): number {
    if (start === end) return 0;
    const { counts } = this;
    counts.fill(0);
    for (let at = start; at < end; at++) {
      const byte = bytes[at]!;
      counts[byte] = counts[byte]! + 1;
    }
    let sum = 0;
    for (let byte = 0; byte < 256; byte++) {
      const count = counts[byte]!;
      if (count > 0) {
        const share = count / (end - start);
        sum -= share * Math.log2(share);
      }
    }
    return sum;
  }
}

function holds({ operator, value, value2 }: Comparison, measured: number): boolean {
  switch (operator) {
    case "=":
      return measured === value;
    case "!=":
      return measured !== value;
    case "<":
      return measured < value;
    case "<=":
      return measured <= value;
    case ">":
      return measured > value;
    case ">=":
      return measured >= value;
    case "range":
      return measured > value && measured < value2;
    default:
      return measured <= value || measured >= value2;
  }
}
