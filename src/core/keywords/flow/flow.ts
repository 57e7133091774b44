/**
 * flow: direction and state of the flow that the packet belongs to, where the contents look (stream or packet),
 * and whether the packet was put together from fragments.
 */
import { Check } from "../../detect/check.ts";
import type { DetectionContext } from "../../detect/detection-context.ts";
import { defineKeyword } from "../../detect/keyword.ts";
import { PacketGate } from "../../detect/packet-gate.ts";
import type { RuleDraft } from "../../detect/rule-draft.ts";
import { type Packet, PacketSource } from "../../layers/packet.ts";
import { RuleError } from "../../rule/diagnostic.ts";
import type { OptionText } from "../../rule/option-text.ts";

/** Word of the rule -> what it decides, and how. */
const words = {
  established: ["state", "established"],
  not_established: ["state", "notEstablished"],
  stateless: ["state", "stateless"],
  to_server: ["direction", "toServer"],
  from_client: ["direction", "toServer"],
  to_client: ["direction", "toClient"],
  from_server: ["direction", "toClient"],
  only_stream: ["stream", "only"],
  no_stream: ["stream", "none"],
  only_frag: ["fragments", "only"],
  no_frag: ["fragments", "none"],
} as const;

type Word = keyof typeof words;
const WORDS = Object.keys(words) as readonly Word[]; // keys of the literal above
const WORDS_MAX = 3;

interface FlowDemand {
  readonly state?: "established" | "notEstablished" | "stateless";
  readonly direction?: "toServer" | "toClient";
  readonly stream?: "only" | "none";
  readonly fragments?: "only" | "none";
}

export const flow = defineKeyword<FlowDemand>({
  name: "flow",
  family: "flow & state",
  summary: "Asks for a direction and state of the flow, and says where contents look.",
  syntax: `flow:${WORDS.join("|")}[,...]`,
  since: "<=7.0",
  argument: "required",
  examples: [
    { options: "flow:established,to_server;", meaning: "data of the client once both agreed" },
    { options: "flow:to_client,no_stream;", meaning: "packets of the server, each by itself" },
    { options: "flow:only_frag;", meaning: "put together from fragments" },
  ],
  parse: parseFlow,
  compile: compileFlow,
});

function parseFlow(option: OptionText): FlowDemand {
  option.required();
  const pieces = option.split(",");
  const extra = pieces[WORDS_MAX];
  if (extra !== undefined) {
    option.failAt(extra, "too-many-values", `"flow" takes at most ${WORDS_MAX} words`);
  }
  const found: { [aspect: string]: string } = {};
  for (const piece of pieces) {
    const word = option.oneOf(piece, WORDS, "flow word");
    const [aspect, value] = words[word];
    if (aspect in found) {
      const isSame = found[aspect] === value;
      const message = isSame ? `"${word}" repeats the words before` : `"${word}" contradicts them`;
      option.failAt(piece, isSame ? "duplicate-value" : "conflicting-values", message);
    }
    found[aspect] = value;
  }
  return found as FlowDemand; // values come from the table above
}

/** A direction alone needs no check: it chooses the rules of that direction. */
function compileFlow(demand: FlowDemand, draft: RuleDraft): void {
  const { direction, state, stream, fragments } = demand;
  const isDirectionOnly = state === undefined && stream === undefined && fragments === undefined;
  draft.refuseRepetition();
  if (direction !== undefined) setDirection(draft, direction === "toServer" ? 1 : 2);
  if (stream === "only") draft.requireStream = true;
  if (stream === "none") draft.requirePacket = true;
  if (isDirectionOnly) return;
  if (direction !== undefined || state === "established") draft.requireFlow = true;
  const isForBothSides = draft.syntax.header.direction === "=>";
  draft.addPacketCheck(Check.of("flow", demand, isInFlow), {
    prefilter: true,
    gate: state === "established" ? PacketGate.established : 0,
    isImplied:
      state === "established" && stream === undefined && fragments === undefined && !isForBothSides,
  });
}

function setDirection(draft: RuleDraft, direction: 1 | 2): void {
  if (draft.flowDirection !== 0 && draft.flowDirection !== direction) {
    throw new RuleError("conflicting-keyword", "the rule is bound to the other direction already");
  }
  draft.flowDirection = direction;
}

/** Data that never became part of the stream, as that of a reset. */
function isOutsideStream(packet: Packet): boolean {
  return packet.payloadEnd > packet.payloadStart && !packet.inStream;
}

function isInFlow(context: DetectionContext, demand: FlowDemand): boolean {
  const { packet } = context;
  const { direction, state, fragments } = demand;
  if (direction !== undefined) {
    if (context.flow === null) return false;
    if (context.direction !== (direction === "toServer" ? 0 : 1)) return false;
  }
  if (state === "established" && !packet.established) return false;
  if (state === "notEstablished" && packet.established) return false;
  if (demand.stream === "only" && isOutsideStream(packet)) return false;
  if (fragments === undefined) return true;
  return (packet.source === PacketSource.defragmented) === (fragments === "only");
}
