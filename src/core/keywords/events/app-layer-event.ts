/**
 * app-layer-event: what the parser of an application protocol found wrong in a transaction, or what is odd about
 * the protocols of a flow (`applayer_...`).
 */
import { Check } from "../../detect/check.ts";
import { applicationProtocolNames } from "../../detect/header-protocols.ts";
import { defineKeyword } from "../../detect/keyword.ts";
import type { RuleDraft } from "../../detect/rule-draft.ts";
import { applicationEventCode, applicationEventNames } from "../../layers/packet-events.ts";
import { RuleError } from "../../rule/diagnostic.ts";
import type { OptionText } from "../../rule/option-text.ts";
import { didYouMean } from "../../rule/suggest.ts";

export const appLayerEvent = defineKeyword<OptionText>({
  name: "app-layer-event",
  family: "event",
  summary: "Asks for something that the parser of an application protocol found wrong.",
  syntax: "app-layer-event:PROTOCOL.EVENT|applayer_EVENT",
  since: "<=7.0",
  argument: "required",
  examples: [
    { options: "app-layer-event:dns.malformed_data;", meaning: "a broken DNS message" },
    {
      options: "app-layer-event:applayer_wrong_direction_first_data;",
      meaning: "the server spoke first where the client does",
    },
  ],
  parse(option) {
    option.required();
    return option;
  },
  compile(option, draft) {
    const name = option.whole.text.toLowerCase();
    const known = applicationEventNames.find((candidate) => candidate === name);
    if (known === undefined) addParserEvent(option, draft);
    else addDetectionEvent(applicationEventCode(known), draft);
  },
});

function addDetectionEvent(eventCode: number, draft: RuleDraft): void {
  const check = Check.of("app-layer-event", eventCode, ({ packet }, code) => packet.hasEvent(code));
  draft.addPacketCheck(check, { prefilter: true, eventCode });
}

function addParserEvent(option: OptionText, draft: RuleDraft): void {
  const { whole } = option;
  const [protocol, event] = option.split(".", 2);
  if (protocol === undefined || event === undefined || event.text === "") {
    const hint = didYouMean(whole.text, applicationEventNames);
    option.failAt(whole, "unknown-event", `unknown event "${whole.text}"`, hint);
  }
  const registry = draft.builder.protocols;
  const found = registry.forRules(protocol.text);
  if (found.length === 0) {
    const hint = didYouMean(protocol.text, registry.ruleNames());
    if (hint !== undefined || !applicationProtocolNames.includes(protocol.text)) {
      option.failAt(protocol, "unknown-protocol", `unknown protocol "${protocol.text}"`, hint);
    }
    throw new RuleError(
      "unsupported-keyword",
      `"app-layer-event" needs the ${protocol.text} parser`,
      { severity: "unsupported" },
    );
  }
  const wanted = event.text.toLowerCase();
  let isKnown = false;
  for (const { id, declaration } of found) {
    const code = declaration.events.indexOf(wanted);
    if (code < 0) continue;
    draft.transactionEvents.push({ protocolId: id, code });
    isKnown = true;
    break;
  }
  if (isKnown) return;
  if (found.some(({ declaration }) => declaration.outdatedEvents?.includes(wanted) === true)) {
    draft.skipReason ??= `the event "${event.text}" is no more`;
    return;
  }
  // As in Suricata: events come and go with versions, so a name that is not there leaves its rule out.
  const names = found.flatMap(({ declaration }) => declaration.events);
  const hint = didYouMean(wanted, names);
  throw new RuleError("unknown-event", `${protocol.text} has no event "${event.text}"`, {
    severity: "unsupported",
    offset: event.offset,
    length: event.text.length,
    ...(hint === undefined ? {} : { hint }),
  });
}
