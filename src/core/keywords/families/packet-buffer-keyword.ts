/**
 * The shape of sticky keywords over a range of the packet itself, as a header (tcp.hdr, ipv4.hdr): the
 * contents and other buffer options that follow look into that range.
 */
import type { BufferDeclaration } from "../../detect/buffer.ts";
import type { ByteRange } from "../../detect/byte-range.ts";
import { defineKeyword, type Keyword } from "../../detect/keyword.ts";
import type { Packet } from "../../layers/packet.ts";

export interface PacketBufferKeywordSpec {
  readonly name: string;
  readonly aliases?: readonly string[];
  readonly family: string;
  readonly summary: string;
  readonly since?: string;
  /** May a content in it be the rule's fast pattern; yes unless false. */
  readonly fastPattern?: boolean;
  /** Writes the range (bytes, start, end); false when the packet has none. */
  readonly locate: (packet: Packet, range: ByteRange) => boolean;
}

/** The keyword, and the buffer that it selects. */
export interface BufferKeyword extends Keyword {
  readonly buffer: BufferDeclaration;
}

export function packetBufferKeyword(spec: PacketBufferKeywordSpec): BufferKeyword {
  const { name, summary, locate } = spec;
  const buffer: BufferDeclaration = {
    name,
    scope: "packet",
    summary,
    protocols: [],
    multi: false,
    fastPattern: spec.fastPattern ?? true,
    locate,
  };
  const keyword = defineKeyword<void>({
    name,
    ...(spec.aliases && { aliases: spec.aliases }),
    family: spec.family,
    summary,
    syntax: name,
    since: spec.since ?? "<=7.0",
    argument: "none",
    examples: [{ options: `${name}; content:"|01|";`, meaning: `a byte 1 anywhere in ${name}` }],
    parse: (option) => option.requireNone(),
    compile(_, draft) {
      draft.selectBuffer(buffer);
    },
  });
  return { ...keyword, buffer };
}
