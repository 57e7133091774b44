/**
 * What the parts of a rule must not do to each other, once all options are read. Contradictions between an
 * option and the contents before it are found by the keywords themselves.
 */
import { RuleError } from "../rule/diagnostic.ts";
import { payloadBuffer } from "./buffer.ts";
import type { FastPattern } from "./compiled-rule.ts";
import type { RuleDraft } from "./rule-draft.ts";

/** Throws RuleError for a rule that Suricata refuses too. */
export function validateDraft(draft: RuleDraft): void {
  if (draft.sid === 0) {
    throw new RuleError("missing-sid", "the rule has no sid", { hint: 'add "sid:N;"' });
  }
  requireUsedBuffers(draft);
  if (draft.requirePacket && draft.requireStream) {
    throw new RuleError(
      "packet-stream-conflict",
      "the rule asks for single packets and for the stream at once",
      { hint: "tcp-stream and flow:only_stream exclude dsize, flags, ttl and their like" },
    );
  }
  const { isTransactional } = draft;
  if (draft.requirePacket && isTransactional) {
    throw new RuleError(
      "packet-stream-conflict",
      "the rule asks for single packets and for a field of a protocol at once",
    );
  }
  if (draft.syntax.header.direction === "=>" && !isTransactional) {
    throw new RuleError(
      "idle-direction",
      '"=>" asks for both sides of a transaction, and the rule looks into none',
      { hint: 'use "->" or "<>"' },
    );
  }
}

function requireUsedBuffers(draft: RuleDraft): void {
  for (const { declaration, items, absent } of draft.buffers) {
    if (items.length > 0 || absent !== null || declaration === payloadBuffer) continue;
    throw new RuleError(
      "empty-buffer",
      `"${declaration.name}" is selected but nothing looks into it`,
    );
  }
}

/** Notes what makes the rule slow. */
export function warnAboutPattern(draft: RuleDraft, pattern: FastPattern | null): void {
  if (pattern !== null || draft.prefilterCheck !== null || draft.isTransactional) return;
  const payload = draft.buffers.find(({ declaration }) => declaration === payloadBuffer);
  if (payload === undefined || payload.items.some(({ readsAll }) => readsAll === true)) return;
  const cost = "the rule is tried on every payload that its header admits";
  if (payload.items.some(({ keyword }) => keyword === "content")) {
    draft.warn("only-negated-contents", `all contents are negated: ${cost}`);
  } else {
    draft.warn("no-fast-pattern", `no content that must be there: ${cost}`);
  }
}
