/**
 * base64_decode: decodes a part of the buffer (RFC 4648) for the options after base64_data. As in Suricata the
 * options that follow it in the same buffer are never looked at, and without base64_data it never matches.
 */
import type { Arena } from "../../bytes/arena.ts";
import { Base64Mode, decodeBase64 } from "../../bytes/base64.ts";
import { base64Buffer } from "../../detect/buffer.ts";
import type { BufferInspection, Chain, ChainStep } from "../../detect/chain.ts";
import { defineKeyword } from "../../detect/keyword.ts";
import { namedPart, PartsSeen } from "./matching/byte-options.ts";

/** Characters that are decoded at most. */
export const BASE64_BYTES_MAX = 65_535;

interface Base64Decode {
  readonly bytes: number;
  readonly offset: number;
  readonly relative: boolean;
}

export const base64Decode = defineKeyword<Base64Decode>({
  name: "base64_decode",
  family: "content",
  summary: "Decodes base64 for the options after base64_data.",
  syntax: "base64_decode[:[bytes N] [, offset N] [, relative]]",
  since: "<=7.0",
  argument: "optional",
  examples: [
    {
      options: 'content:"data="; base64_decode:relative; base64_data; content:"secret";',
      meaning: "the word in what is encoded after data=",
    },
    {
      options: 'base64_decode:bytes 12, offset 4; base64_data; content:"foo";',
      meaning: "only 12 characters from the fifth on",
    },
  ],
  parse(option) {
    let bytes = 0;
    let offset = 0;
    let relative = false;
    if (option.hasValue) {
      const seen = new PartsSeen();
      for (const piece of option.split()) {
        const part = namedPart(option, piece);
        seen.add(option, part);
        const { name, argument } = part;
        if (name === "bytes") bytes = option.integer(argument, { max: 65_535, name });
        else if (name === "offset") offset = option.integer(argument, { max: 4_294_967_295, name });
        else if (piece.text === "relative") relative = true;
        else option.failAt(piece, "unknown-value", `unknown option "${piece.text}"`);
      }
    }
    return { bytes: bytes === 0 ? BASE64_BYTES_MAX : bytes, offset, relative };
  },
  compile(value, draft) {
    let hasData = false;
    draft.addFollower({
      keyword: "base64_decode",
      relative: value.relative,
      build: ({ arena }) => new Base64DecodeStep(value, arena, hasData),
    });
    draft.onFinish(() => {
      hasData = draft.buffers.some(
        ({ declaration, items }) => declaration === base64Buffer && items.length > 0,
      );
    });
  },
});

class Base64DecodeStep implements ChainStep {
  readonly keyword = "base64_decode";
  readonly relative: boolean;
  readonly retryDemand = "none";
  private readonly bytes: number;
  private readonly offset: number;
  private readonly arena: Arena;
  private readonly hasData: boolean;

  constructor({ bytes, offset, relative }: Base64Decode, arena: Arena, hasData: boolean) {
    this.bytes = bytes;
    this.offset = offset;
    this.relative = relative;
    this.arena = arena;
    this.hasData = hasData;
  }

  run(inspection: BufferInspection, _chain: Chain, _index: number): boolean {
    if (!this.hasData) return false;
    const { bytes, end } = inspection;
    const start = (this.relative ? inspection.cursor : inspection.start) + this.offset;
    if (start >= end) return false;
    if (inspection.base64Scratch === 0) {
      inspection.base64Scratch = this.arena.allocate(BASE64_BYTES_MAX);
    }
    const out = inspection.base64Scratch;
    const last = Math.min(end, start + this.bytes);
    const mode = Base64Mode.rfc4648;
    const length = decodeBase64(bytes, start, last, this.arena.bytes, out, BASE64_BYTES_MAX, mode);
    inspection.base64Start = out;
    inspection.base64End = out + length;
    return length > 0;
  }
}
