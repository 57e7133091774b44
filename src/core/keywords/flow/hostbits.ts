/** hostbits: named bits of the sender or the receiver, across flows, for five minutes after the last setting. */
import { BitOwner } from "../../detect/address-bits.ts";
import { defineKeyword } from "../../detect/keyword.ts";
import type { OptionText } from "../../rule/option-text.ts";
import { type AddressBitCommand, addressBitCommands, compileAddressBit } from "./address-bit.ts";

const LIFE_SECONDS = 300;

export const hostbits = defineKeyword<AddressBitCommand>({
  name: "hostbits",
  family: "flow & state",
  summary: "Sets, clears or tests a named bit of the sender or the receiver.",
  syntax: "hostbits:set|unset|toggle|isset|isnotset,NAME[,src|dst]",
  since: "<=7.0",
  argument: "required",
  examples: [
    { options: "hostbits:set,infected,src;", meaning: "marks the sender" },
    { options: "hostbits:isset,infected,dst;", meaning: "the receiver was marked before" },
  ],
  parse: parseCommand,
  compile(command, draft) {
    const { hostBits, state } = draft.builder;
    compileAddressBit("hostbits", command, draft, hostBits, state.hostBits);
  },
});

function parseCommand(option: OptionText): AddressBitCommand {
  option.required();
  const [commandText, name, side, ...rest] = option.split(",");
  const words = [...addressBitCommands, "noalert"] as const;
  const command = option.oneOf(commandText ?? option.whole, words, "command");
  if (command === "noalert") {
    if (name !== undefined) option.failAt(name, "unexpected-value", '"noalert" takes no name');
    return { command, name: "", owner: 0, seconds: 0 };
  }
  if (name === undefined || name.text === "" || rest.length > 0) {
    return option.fail("bad-value", `"${command}" needs the name of a bit`, {
      hint: `write "${command},name,src"`,
    });
  }
  if (/\s/.test(name.text)) {
    option.failAt(name, "bad-name", `the name of a bit has no spaces, found "${name.text}"`);
  }
  const isDestination = side !== undefined && option.oneOf(side, ["src", "dst"], "side") === "dst";
  const owner = isDestination ? BitOwner.destination : BitOwner.source;
  return { command, name: name.text, owner, seconds: LIFE_SECONDS };
}
