/**
 * app-layer-protocol: the application protocol that was found in the flow, in one of its directions, or before a
 * change of protocol.
 */
import { Check } from "../../detect/check.ts";
import type { DetectionContext } from "../../detect/detection-context.ts";
import { applicationOf } from "../../detect/flow-application.ts";
import { applicationProtocolNames } from "../../detect/header-protocols.ts";
import { defineKeyword } from "../../detect/keyword.ts";
import type { RuleDraft } from "../../detect/rule-draft.ts";
import { FAILED_PROTOCOL, UNKNOWN_PROTOCOL } from "../../protocols/registry.ts";
import { RuleError } from "../../rule/diagnostic.ts";
import type { OptionText, TextPiece } from "../../rule/option-text.ts";
import { didYouMean } from "../../rule/suggest.ts";

const MODES = ["direction", "to_server", "to_client", "either", "final", "original"] as const;
type Mode = (typeof MODES)[number];

interface Demand {
  readonly option: OptionText;
  readonly name: TextPiece;
  readonly isNegated: boolean;
  readonly mode: Mode;
}

interface Wanted {
  readonly numbers: ReadonlySet<number>;
  readonly isNegated: boolean;
  readonly mode: Mode;
}

export const appLayerProtocol = defineKeyword<Demand>({
  name: "app-layer-protocol",
  family: "event",
  summary: "Asks for the application protocol that was found in the flow.",
  syntax: `app-layer-protocol:[!]PROTOCOL|failed|unknown[,${MODES.join("|")}]`,
  since: "<=7.0",
  argument: "required",
  examples: [
    { options: "app-layer-protocol:!tls;", meaning: "anything but TLS" },
    { options: "app-layer-protocol:http1,to_server;", meaning: "HTTP from the client" },
  ],
  parse(option) {
    option.required();
    const [protocol, mode] = option.split(",", 2);
    const whole = protocol ?? option.whole;
    const isNegated = whole.text.startsWith("!");
    const start = whole.offset + (isNegated ? 1 : 0);
    const name = option.piece(start, whole.offset + whole.text.length);
    return {
      option,
      name,
      isNegated,
      mode: mode === undefined ? "direction" : option.oneOf(mode, MODES, "mode"),
    };
  },
  compile({ option, name, isNegated, mode }, draft) {
    const numbers = numbersOf(name, option, draft);
    const check = Check.of("app-layer-protocol", { numbers, isNegated, mode }, hasProtocol);
    draft.asksForProtocol = true;
    draft.requireFlow = true;
    draft.addPacketCheck(check, { prefilter: true, asksForProtocol: true });
  },
});

function numbersOf(name: TextPiece, option: OptionText, draft: RuleDraft): ReadonlySet<number> {
  if (name.text === "failed") return new Set([FAILED_PROTOCOL]);
  if (name.text === "unknown") return new Set([UNKNOWN_PROTOCOL]);
  const registry = draft.builder.protocols;
  const found = registry.forRules(name.text);
  if (found.length > 0) return new Set(found.map(({ id }) => id));
  if (applicationProtocolNames.includes(name.text)) {
    throw new RuleError(
      "unsupported-keyword",
      `"app-layer-protocol" needs the ${name.text} parser`,
      {
        severity: "unsupported",
      },
    );
  }
  const hint = didYouMean(name.text, registry.ruleNames());
  return option.failAt(name, "unknown-protocol", `unknown protocol "${name.text}"`, hint);
}

/** Before the protocol of what is asked is known neither "is" nor "is not" holds. */
function hasProtocol({ flow, direction }: DetectionContext, wanted: Wanted): boolean {
  const state = flow === null ? null : applicationOf(flow);
  if (state === null) return holds(wanted.numbers, wanted.isNegated, UNKNOWN_PROTOCOL);
  const { numbers, isNegated, mode } = wanted;
  const { toServerProtocol: toServer, toClientProtocol: toClient } = state;
  switch (mode) {
    case "to_server":
      return holds(numbers, isNegated, toServer);
    case "to_client":
      return holds(numbers, isNegated, toClient);
    case "direction":
      return holds(numbers, isNegated, direction === 0 ? toServer : toClient);
    case "final":
      return holds(numbers, isNegated, state.protocol);
    case "original":
      return holds(numbers, isNegated, state.original);
    default: {
      mode satisfies "either";
      if (toServer === UNKNOWN_PROTOCOL && toClient === UNKNOWN_PROTOCOL) return false;
      const isEither = numbers.has(toServer) || numbers.has(toClient);
      return isEither !== isNegated;
    }
  }
}

function holds(numbers: ReadonlySet<number>, isNegated: boolean, found: number): boolean {
  if (found === UNKNOWN_PROTOCOL && !numbers.has(UNKNOWN_PROTOCOL)) return false;
  return numbers.has(found) !== isNegated;
}
