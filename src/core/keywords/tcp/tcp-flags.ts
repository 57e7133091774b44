/**
 * tcp.flags: the flags of the TCP header (RFC 9293 §3.1, RFC 3168). Without a modifier exactly the named flags
 * are set; `+` allows others, `*` asks for any of them, `!` for not all. Flags after the comma are not looked
 * at.
 */
import { Check } from "../../detect/check.ts";
import type { DetectionContext } from "../../detect/detection-context.ts";
import { defineKeyword } from "../../detect/keyword.ts";
import { tcpFlagGates } from "../../detect/packet-gate.ts";

const bitsByLetter: ReadonlyMap<string, number> = new Map([
  ["F", 0x01],
  ["S", 0x02],
  ["R", 0x04],
  ["P", 0x08],
  ["A", 0x10],
  ["U", 0x20],
  ["E", 0x40],
  ["2", 0x40],
  ["C", 0x80],
  ["1", 0x80],
]);

interface FlagDemand {
  readonly modifier: string;
  readonly flags: number;
  readonly mask: number;
}

const FORM = /^([SAPRFU120CE+*!\s]+)(?:,\s*([SAPRFU12CE]+))?$/i;

export const tcpFlags = defineKeyword<FlagDemand>({
  name: "tcp.flags",
  aliases: ["flags"],
  family: "TCP/UDP/ICMP header",
  summary: "Compares the flags of the TCP header.",
  syntax: "tcp.flags:[+|*|!]FSRPAUCE0[,FSRPAUCE]",
  since: "<=7.0",
  argument: "required",
  examples: [
    { options: "tcp.flags:S,12;", meaning: "SYN alone, whatever the ECN bits" },
    { options: "tcp.flags:+A;", meaning: "ACK, and possibly others" },
    { options: "flags:0;", meaning: "no flag at all" },
  ],
  parse(option) {
    option.required();
    const { whole } = option;
    const [, wanted = "", ignored = ""] = FORM.exec(whole.text) ?? [];
    const letters = wanted.replace(/[+*!\s]/g, "").toUpperCase();
    const modifiers = wanted.replace(/[^+*!]/g, "");
    if (letters === "") {
      option.failAt(
        whole,
        "bad-value",
        `"${whole.text}" does not name TCP flags`,
        'one of "+", "*", "!", then letters of FSRPAUCE, or 0 for none',
      );
    }
    if (modifiers.length > 1) {
      option.failAt(whole, "conflicting-values", `only one of "+", "*" and "!" may be given`);
    }
    // A 0 forgets the letters before it.
    const flags = bitsOf(letters.slice(letters.lastIndexOf("0") + 1));
    return { modifier: modifiers, flags, mask: 0xff & ~bitsOf(ignored.toUpperCase()) };
  },
  compile(demand, draft) {
    draft.requirePacket = true;
    const needsAll = demand.modifier === "" || demand.modifier === "+";
    const gate = needsAll ? tcpFlagGates(demand.flags) : 0;
    draft.addPacketCheck(Check.of("tcp.flags", demand, hasFlags), { prefilter: true, gate });
  },
});

function bitsOf(letters: string): number {
  let bits = 0;
  for (const letter of letters) bits |= bitsByLetter.get(letter) ?? 0;
  return bits;
}

function hasFlags({ packet }: DetectionContext, { modifier, flags, mask }: FlagDemand): boolean {
  if (packet.transport !== 6 || packet.transportStart < 0) return false;
  // "no flag" is about all flags, those after the comma too.
  if (flags === 0 && packet.tcpFlags !== 0) return modifier === "!";
  const set = packet.tcpFlags & mask;
  switch (modifier) {
    case "*":
      return (set & flags) !== 0;
    case "+":
      return (set & flags) === flags;
    case "!":
      return (set & flags) !== flags;
    default:
      return set === flags;
  }
}
