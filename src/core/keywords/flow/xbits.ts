/**
 * xbits: named bits of the sender, the receiver or the pair of both, which live for a while and across flows.
 */
import { BitOwner } from "../../detect/address-bits.ts";
import { defineKeyword } from "../../detect/keyword.ts";
import { RuleError } from "../../rule/diagnostic.ts";
import type { OptionText } from "../../rule/option-text.ts";
import { type AddressBitCommand, addressBitCommands, compileAddressBit } from "./address-bit.ts";

/** Seconds that a bit lives unless the rule says otherwise. */
const LIFE_SECONDS = 30;

const owners = {
  ip_src: BitOwner.source,
  ip_dst: BitOwner.destination,
  ip_pair: BitOwner.pair,
} as const;

const OWNERS = ["ip_src", "ip_dst", "ip_pair", "tx"] as const;

export const xbits = defineKeyword<AddressBitCommand>({
  name: "xbits",
  family: "flow & state",
  summary: "Sets, clears or tests a named bit of an address or a pair of addresses.",
  syntax: "xbits:set|unset|toggle|isset|isnotset,NAME,track ip_src|ip_dst|ip_pair[,expire SECONDS]",
  since: "<=7.0",
  argument: "required",
  examples: [
    { options: "xbits:set,scanner,track ip_src,expire 3600;", meaning: "marks the sender" },
    { options: "xbits:isset,scanner,track ip_src;", meaning: "the sender was marked before" },
  ],
  parse: parseCommand,
  compile(command, draft) {
    compileAddressBit("xbits", command, draft, draft.builder.xBits, draft.builder.state.xBits);
  },
});

function parseCommand(option: OptionText): AddressBitCommand {
  option.required();
  const [commandText, name, track, expire, ...rest] = option.split(",");
  const words = [...addressBitCommands, "noalert"] as const;
  const command = option.oneOf(commandText ?? option.whole, words, "command");
  if (command === "noalert") {
    if (name !== undefined) option.failAt(name, "unexpected-value", '"noalert" takes no name');
    return { command, name: "", owner: 0, seconds: 0 };
  }
  if (name === undefined || name.text === "" || track === undefined || rest.length > 0) {
    return option.fail("bad-value", `"${command}" needs a name and what to track`, {
      hint: `write "${command},name,track ip_src"`,
    });
  }
  const [trackWord, owner] = option.words(track);
  if (trackWord?.text !== "track" || owner === undefined) {
    return option.failAt(track, "bad-value", `expected "track", found "${track.text}"`);
  }
  const of = option.oneOf(owner, OWNERS, "owner");
  if (of === "tx") {
    throw new RuleError("unsupported-value", '"track tx" needs transactions of a protocol parser', {
      offset: owner.offset,
      length: owner.text.length,
      severity: "unsupported",
    });
  }
  return { command, name: name.text, owner: owners[of], seconds: parseLife(option, expire) };
}

function parseLife(option: OptionText, piece: ReturnType<OptionText["piece"]> | undefined): number {
  if (piece === undefined) return LIFE_SECONDS;
  const [word, seconds] = option.words(piece);
  if (word?.text !== "expire" || seconds === undefined) {
    return option.failAt(piece, "bad-value", `expected "expire", found "${piece.text}"`);
  }
  return option.integer(seconds, { min: 1, max: 0xffff_ffff, name: "life in seconds" });
}
