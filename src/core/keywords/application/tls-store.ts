/**
 * tls.store: keeps the certificates of the side that the rule matched on. They are written where the
 * configuration has an output for them (tls-store).
 */
import type { DetectionContext } from "../../detect/detection-context.ts";
import { applicationOf } from "../../detect/flow-application.ts";
import { defineKeyword } from "../../detect/keyword.ts";
import { TlsTransaction } from "../../protocols/tls/transaction.ts";
import { RuleError } from "../../rule/diagnostic.ts";

export const tlsStore = defineKeyword<void>({
  name: "tls.store",
  aliases: ["tls_store"],
  family: "tls",
  summary: "Stores the certificates of the connection.",
  syntax: "tls.store",
  since: "<=7.0",
  argument: "none",
  examples: [
    {
      options: 'tls.cert_subject; content:"example"; tls.store;',
      meaning: "keeps what it matched",
    },
  ],
  parse: (option) => option.requireNone(),
  compile(_, draft) {
    const [name = ""] = draft.syntax.header.protocol.split(":", 1);
    const named = draft.builder.protocols.forRules(name);
    if (named.length > 0 && !named.some(({ declaration }) => declaration.name === "tls")) {
      throw new RuleError("conflicting-protocol", `"tls.store" is no keyword of ${name}`);
    }
    draft.requireFlow = true;
    draft.postMatches.push({ keyword: "tls.store", run: wantChain });
  },
});

function wantChain({ flow, direction }: DetectionContext): void {
  const transactions = (flow === null ? null : applicationOf(flow))?.transactions ?? [];
  for (const transaction of transactions) {
    if (transaction instanceof TlsTransaction) transaction.storeWanted |= 1 << direction;
  }
}
