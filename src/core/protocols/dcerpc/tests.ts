/** Rule keywords about calls: the interface they go to, the operation they ask for. */
import {
  matchesNumber,
  type NumberComparison,
  parseNumberPiece,
} from "../../rule/number-comparison.ts";
import type { OptionText, TextPiece } from "../../rule/option-text.ts";
import { defineTest } from "../test.ts";
import type { CallView } from "./call-view.ts";
import { parseUuid } from "./pdu.ts";

export interface InterfaceWanted {
  readonly uuid: Uint8Array;
  readonly version: NumberComparison | null;
  /** Interfaces of later fragments of a bind count too. */
  readonly isAnyFragment: boolean;
}

export const dcerpcInterface = defineTest<InterfaceWanted>({
  name: "dcerpc.iface",
  aliases: ["dce_iface"],
  family: "smb/dcerpc",
  summary: "The interface that a call goes to, by UUID and version; the server has accepted it.",
  syntax: "dcerpc.iface:UUID[,[op]VERSION][,any_frag]",
  argument: "required",
  examples: [
    {
      options: "dcerpc.iface:367abb81-9844-35f1-ad32-98f038001003;",
      meaning: "calls to the service control manager",
    },
    {
      options: "dcerpc.iface:4b324fc8-1670-01d3-1278-5a47bf6ee188,>1,any_frag;",
      meaning: "calls to the server service above version 1, bound in whichever fragment",
    },
  ],
  parse: parseInterface,
});

function parseInterface(option: OptionText): InterfaceWanted {
  option.required();
  const [first, ...others] = option.split(",");
  const uuid = first === undefined ? null : parseUuid(first.text);
  if (first === undefined || uuid === null) {
    return option.failAt(first ?? option.whole, "bad-uuid", "the interface is not a UUID");
  }
  const last = others[others.length - 1];
  const isAnyFragment = last?.text === "any_frag";
  const versions = isAnyFragment ? others.slice(0, -1) : others;
  const [version, extra] = versions;
  if (extra !== undefined) option.failAt(extra, "unknown-value", 'expected "any_frag"');
  return {
    uuid,
    version: version === undefined ? null : parseNumberPiece(option, version, { bits: 16 }),
    isAnyFragment,
  };
}

export function isToInterface(call: CallView, wanted: InterfaceWanted): boolean {
  if (!call.isCall || call.interfaces === null) return false;
  return call.interfaces.hasAccepted(call.contextId, (item) => {
    if (!wanted.isAnyFragment && !item.isInFirstFragment) return false;
    for (let i = 0; i < 16; i++) if (item.uuid[i] !== wanted.uuid[i]) return false;
    return wanted.version === null || matchesNumber(wanted.version, item.version);
  });
}

/** Pairs of first and last operation. */
export type OperationsWanted = readonly (readonly [number, number])[] | NumberComparison;

const RANGE = /^(\d+)(?:-(\d+))?$/;

export const dcerpcOperation = defineTest<OperationsWanted>({
  name: "dcerpc.opnum",
  aliases: ["dce_opnum"],
  family: "smb/dcerpc",
  summary: "The number of the operation that a call asks for.",
  syntax: "dcerpc.opnum:N[-N][,N[-N]...] | [op]N",
  argument: "required",
  examples: [
    { options: "dcerpc.opnum:15;", meaning: "operation 15" },
    { options: "dcerpc.opnum:12,18-24;", meaning: "operations 12 and 18 to 24" },
  ],
  parse(option) {
    option.required();
    const pieces = option.split(",");
    if (!pieces.every(({ text }) => RANGE.test(text))) {
      return parseNumberPiece(option, option.whole, { bits: 16 });
    }
    return pieces.map((piece) => parseRange(option, piece));
  },
});

function parseRange(option: OptionText, piece: TextPiece): readonly [number, number] {
  const [, first = "", second] = RANGE.exec(piece.text) ?? [];
  const low = Number(first);
  const high = second === undefined ? low : Number(second);
  if (high < low) option.failAt(piece, "bad-range", `range "${piece.text}" ends before it begins`);
  return [low, high];
}

export function isOperation(call: CallView, wanted: OperationsWanted): boolean {
  if (!call.isCall) return false;
  const { operation } = call;
  if (!isRanges(wanted)) return matchesNumber(wanted, operation);
  for (const [low, high] of wanted) if (operation >= low && operation <= high) return true;
  return false;
}

function isRanges(wanted: OperationsWanted): wanted is readonly (readonly [number, number])[] {
  return Array.isArray(wanted);
}
