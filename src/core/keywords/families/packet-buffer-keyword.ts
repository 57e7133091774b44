/**
 * The shape of sticky keywords over a range of the packet itself, as a header (tcp.hdr, ipv4.hdr): the
 * contents and other buffer options that follow look into that range.
 */
import type { BufferDeclaration } from "../../detect/buffer.ts";
import type { ByteRange } from "../../detect/byte-range.ts";
import { headerProtocol } from "../../detect/header-protocols.ts";
import { defineKeyword, type Keyword } from "../../detect/keyword.ts";
import type { RuleDraft } from "../../detect/rule-draft.ts";
import type { Packet } from "../../layers/packet.ts";
import { RuleError } from "../../rule/diagnostic.ts";

export interface PacketBufferKeywordSpec {
  readonly name: string;
  readonly aliases?: readonly string[];
  readonly family: string;
  readonly summary: string;
  readonly since?: string;
  /** May a content in it be the rule's fast pattern; yes unless false. */
  readonly fastPattern?: boolean;
  /** IP protocols that have it: a rule whose header names other protocols is refused. All unless given. */
  readonly transports?: readonly number[];
  /** The rule's other contents may still look into the stream. */
  readonly keepsStream?: boolean;
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
      requireTransport(draft, spec);
      if (spec.keepsStream !== true) draft.requirePacket = true;
      draft.selectBuffer(buffer);
    },
  });
  return { ...keyword, buffer };
}

function requireTransport(draft: RuleDraft, { name, transports }: PacketBufferKeywordSpec): void {
  const { protocol } = draft.syntax.header;
  const known = headerProtocol(protocol)?.transports ?? null;
  if (transports === undefined || known === null) return;
  if (!known.some((transport) => transports.includes(transport))) {
    throw new RuleError("conflicting-protocol", `a rule for "${protocol}" never has "${name}"`);
  }
}
