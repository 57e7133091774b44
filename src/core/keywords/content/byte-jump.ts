/** byte_jump: moves the place that relative options count from by a number read from the buffer. */
import type { BufferInspection, Chain, ChainStep, RetryDemand } from "../../detect/chain.ts";
import { defineKeyword } from "../../detect/keyword.ts";
import type { OptionText, TextPiece } from "../../rule/option-text.ts";
import {
  applyBitmask,
  type Bitmask,
  bases,
  namedPart,
  parseBitmask,
  readerDemand,
  requireByteCount,
} from "./matching/byte-options.ts";
import { NumberField, type NumberFieldSpec } from "./matching/number-field.ts";
import { bindReaderQuantity, parseQuantity, type QuantityText } from "./matching/quantity.ts";

interface ByteJump extends JumpFlags {
  readonly bytes: QuantityText;
  readonly offset: QuantityText;
}

interface JumpFlags {
  relative: boolean;
  littleEndian: boolean;
  bigEndian: boolean;
  isText: boolean;
  base: number;
  dce: boolean;
  from: "number" | "beginning" | "end";
  align: boolean;
  multiplier: number;
  postOffset: number;
  bitmask: Bitmask | null;
}

export const byteJump = defineKeyword<ByteJump>({
  name: "byte_jump",
  family: "content",
  summary: "Moves the place that relative options count from by a number read from the buffer.",
  syntax:
    "byte_jump:BYTES|variable, OFFSET|variable [,relative] [,multiplier N] [,big|little] " +
    "[,string,dec|hex|oct] [,align] [,from_beginning|from_end] [,post_offset N] [,bitmask MASK]",
  since: "<=7.0",
  argument: "required",
  examples: [
    {
      options: 'byte_jump:2,0; content:"|01|"; within:1;',
      meaning: "a byte 1 so far behind the first 16 bits as they say",
    },
    {
      options: 'content:"|00 01|"; byte_jump:4,0,relative,align; content:"x"; distance:0;',
      meaning: "x behind a field with its length in front, padded to four bytes",
    },
  ],
  parse: parseByteJump,
  compile(jump, draft) {
    const spec: NumberFieldSpec = {
      bytes: bindReaderQuantity(jump.bytes, "byte_jump", draft),
      offset: bindReaderQuantity(jump.offset, "byte_jump", draft),
      relative: jump.relative,
      littleEndian: jump.littleEndian,
      senderOrder: jump.dce,
      base: jump.isText ? jump.base : null,
    };
    const demand = readerDemand(jump.relative, draft);
    draft.addFollower({
      keyword: "byte_jump",
      relative: jump.relative,
      build: () => new ByteJumpStep(spec, jump, demand),
    });
  },
});

function parseByteJump(option: OptionText): ByteJump {
  option.required();
  const [bytesPiece, offsetPiece, ...rest] = option.split();
  if (bytesPiece === undefined || offsetPiece === undefined) {
    return option.failAt(option.whole, "missing-value", '"byte_jump" needs bytes and offset');
  }
  const flags: JumpFlags = {
    relative: false,
    littleEndian: false,
    bigEndian: false,
    isText: false,
    base: 0,
    dce: false,
    from: "number",
    align: false,
    multiplier: 1,
    postOffset: 0,
    bitmask: null,
  };
  for (const piece of rest) readFlag(option, piece, flags);
  if (flags.base !== 0 && !flags.isText) {
    option.fail("conflicting-options", 'a base needs "string" before it', {
      hint: 'write "string,dec"',
    });
  }
  const isPlain = !flags.isText && !flags.littleEndian && !flags.bigEndian;
  if (flags.dce && !(isPlain && flags.from === "number")) {
    option.fail("conflicting-options", '"dce" excludes string, big, little and from_...');
  }
  const bytes = parseQuantity(option, bytesPiece, { name: "bytes", min: 0, max: 4_294_967_295 });
  requireByteCount(option, bytes, flags.isText, bytesPiece);
  const offset = parseQuantity(option, offsetPiece, { name: "offset", min: -65_535, max: 65_535 });
  return { ...flags, bytes, offset };
}

function readFlag(option: OptionText, piece: TextPiece, flags: JumpFlags): void {
  const part = namedPart(option, piece);
  const name = part.name.toLowerCase();
  if (name === "relative") flags.relative = true;
  else if (name === "string") flags.isText = true;
  else if (name === "big" || name === "little") {
    flags.littleEndian = name === "little";
    flags.bigEndian = name === "big";
  } else if (name === "dce") flags.dce = true;
  else if (name === "align") flags.align = true;
  else if (name === "from_beginning") setFrom(option, piece, flags, "beginning");
  else if (name === "from_end") setFrom(option, piece, flags, "end");
  else if (name === "multiplier") {
    flags.multiplier = option.integer(part.argument, { min: 1, max: 65_535, name });
  } else if (name === "post_offset") {
    flags.postOffset = option.integer(part.argument, { min: -65_535, max: 65_535, name });
  } else if (name === "bitmask") flags.bitmask = parseBitmask(option, part.argument, "c");
  else if (bases.has(name)) flags.base = bases.get(name) ?? 0;
  else option.failAt(piece, "unknown-value", `unknown option "${piece.text}"`);
}

function setFrom(
  option: OptionText,
  piece: TextPiece,
  flags: JumpFlags,
  from: "beginning" | "end",
): void {
  if (flags.from !== "number" && flags.from !== from) {
    option.failAt(piece, "conflicting-options", '"from_beginning" excludes "from_end"');
  }
  flags.from = from;
}

class ByteJumpStep implements ChainStep {
  readonly keyword = "byte_jump";
  readonly role = "reader";
  readonly relative: boolean;
  readonly retryDemand: RetryDemand;
  private readonly field: NumberField;
  private readonly jump: ByteJump;

  constructor(spec: NumberFieldSpec, jump: ByteJump, demand: RetryDemand) {
    this.field = new NumberField(spec);
    this.relative = spec.relative;
    this.retryDemand = demand;
    this.jump = jump;
  }

  run(inspection: BufferInspection, chain: Chain, index: number): boolean {
    const { field, jump } = this;
    if (!field.read(inspection)) return false;
    const { value } = field;
    if (jump.bitmask !== null) applyBitmask(value, jump.bitmask);
    if (jump.multiplier !== 1) value.multiplySmall(jump.multiplier);
    if (jump.align) value.alignTo(4);
    value.addSigned(jump.postOffset);
    let base = field.end;
    if (jump.from === "beginning") base = inspection.start;
    else if (jump.from === "end") base = inspection.end;
    const target = base + value.toSignedNumber();
    if (target >= inspection.end) return false;
    // A jump in front of the buffer lands at its start.
    inspection.cursor = Math.max(inspection.start, target);
    return chain.match(inspection, index + 1);
  }
}
