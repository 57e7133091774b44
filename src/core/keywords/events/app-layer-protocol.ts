/**
 * app-layer-protocol: the application protocol that was found in the flow. The value is checked; the rule is
 * not loaded before protocols are found: without that even "not this protocol" would be a guess.
 */
import { applicationProtocolNames } from "../../detect/header-protocols.ts";
import { defineKeyword } from "../../detect/keyword.ts";
import { RuleError } from "../../rule/diagnostic.ts";
import { didYouMean } from "../../rule/suggest.ts";

const MODES = ["direction", "to_server", "to_client", "either", "final", "original"] as const;
const names = [...applicationProtocolNames, "failed", "unknown"];

export const appLayerProtocol = defineKeyword<void>({
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
    const skip = whole.text.startsWith("!") ? 1 : 0;
    const name = option.piece(whole.offset + skip, whole.offset + whole.text.length);
    if (!names.includes(name.text)) {
      const hint = didYouMean(name.text, names);
      option.failAt(name, "unknown-protocol", `unknown protocol "${name.text}"`, hint);
    }
    if (mode !== undefined) option.oneOf(mode, MODES, "mode");
  },
  compile() {
    throw new RuleError("unsupported-keyword", '"app-layer-protocol" needs protocol detection', {
      severity: "unsupported",
    });
  },
});
