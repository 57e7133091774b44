/**
 * app-layer-event: what the parser of an application protocol found wrong. The protocol is checked; the rule is
 * not loaded before the parser is there.
 */
import { applicationProtocolNames } from "../../detect/header-protocols.ts";
import { defineKeyword } from "../../detect/keyword.ts";
import { RuleError } from "../../rule/diagnostic.ts";
import { didYouMean } from "../../rule/suggest.ts";

/** Events of protocol detection itself. */
const detectionEvents: readonly string[] = [
  "applayer_mismatch_protocol_both_directions",
  "applayer_wrong_direction_first_data",
  "applayer_detect_protocol_only_one_direction",
  "applayer_proto_detection_skipped",
  "applayer_no_tls_after_starttls",
  "applayer_unexpected_protocol",
];

export const appLayerEvent = defineKeyword<string>({
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
    const { whole } = option;
    if (detectionEvents.includes(whole.text)) return "protocol detection";
    const [protocol, event] = option.split(".", 2);
    if (protocol === undefined || event === undefined || event.text === "") {
      const hint = didYouMean(whole.text, detectionEvents);
      return option.failAt(whole, "unknown-event", `unknown event "${whole.text}"`, hint);
    }
    if (!applicationProtocolNames.includes(protocol.text)) {
      const hint = didYouMean(protocol.text, applicationProtocolNames);
      option.failAt(protocol, "unknown-protocol", `unknown protocol "${protocol.text}"`, hint);
    }
    return `the ${protocol.text} parser`;
  },
  compile(needs) {
    throw new RuleError("unsupported-keyword", `"app-layer-event" needs ${needs}`, {
      severity: "unsupported",
    });
  },
});
