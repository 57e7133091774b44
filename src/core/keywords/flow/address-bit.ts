/** What xbits and hostbits share: a command on a named bit of addresses, as a check or as a change. */
import type { AddressBits } from "../../detect/address-bits.ts";
import { Check } from "../../detect/check.ts";
import type { DetectionContext } from "../../detect/detection-context.ts";
import type { NameTable } from "../../detect/rule-builder.ts";
import type { RuleDraft } from "../../detect/rule-draft.ts";

export const addressBitCommands = ["set", "unset", "toggle", "isset", "isnotset"] as const;

export interface AddressBitCommand {
  readonly command: (typeof addressBitCommands)[number] | "noalert";
  readonly name: string;
  /** A value of BitOwner. */
  readonly owner: number;
  /** How long a bit lives. */
  readonly seconds: number;
}

interface BitTest {
  readonly bits: AddressBits;
  readonly bit: number;
  readonly owner: number;
  readonly wantsSet: boolean;
}

export function compileAddressBit(
  keyword: "xbits" | "hostbits",
  { command, name, owner, seconds }: AddressBitCommand,
  draft: RuleDraft,
  names: NameTable,
  bits: AddressBits,
): void {
  if (command === "noalert") {
    draft.noAlert = true;
    return;
  }
  const bit = bits.numberOf(name, names);
  if (command === "isset" || command === "isnotset") {
    const test: BitTest = { bits, bit, owner, wantsSet: command === "isset" };
    draft.stateUses.push({ kind: keyword, access: "read" });
    draft.addPacketCheck(Check.of(keyword, test, hasBit, { ipOnly: true }));
    return;
  }
  const lifeUs = seconds * 1e6;
  draft.stateUses.push({ kind: keyword, access: "write" });
  draft.postMatches.push({
    keyword,
    ipOnly: true,
    run({ packet }) {
      const nowUs = packet.timeUs;
      if (command === "set") bits.set(bit, owner, packet, nowUs, nowUs + lifeUs);
      else if (command === "unset") bits.unset(bit, owner, packet, nowUs);
      else bits.toggle(bit, owner, packet, nowUs, nowUs + lifeUs);
    },
  });
}

function hasBit({ packet }: DetectionContext, { bits, bit, owner, wantsSet }: BitTest): boolean {
  return bits.isSet(bit, owner, packet, packet.timeUs) === wantsSet;
}
