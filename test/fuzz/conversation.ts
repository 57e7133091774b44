/**
 * Feeds parsers of application protocols with conversations: the input is cut into pieces, each led by a byte that
 * tells its direction (lowest bit), whether bytes are lost before it (next bit) and its length.
 */

import type { ProtocolDeclaration } from "../../src/core/protocols/protocol.ts";
import { defaultSettings } from "../../src/core/protocols/settings.ts";
import { StreamFeed } from "../support/protocol-harness.ts";
import type { FuzzTarget } from "./fuzz-target.ts";

export interface ConversationStart {
  /** What an expectation hands to the parser. */
  readonly data?: unknown;
  /** What the client says before the input, to get deeper. */
  readonly opening?: Uint8Array;
}

export function conversationTarget(
  { name, createFactory }: ProtocolDeclaration,
  { data, opening }: ConversationStart = {},
): FuzzTarget {
  const create = createFactory?.(defaultSettings);
  if (create === undefined) throw new Error(`"${name}" has no parser`);
  return {
    name,
    run(bytes) {
      const parser = create(data);
      const feed = new StreamFeed(parser);
      if (opening !== undefined && ((bytes[0] ?? 0) & 0x80) !== 0) feed.send(0, opening);
      for (let at = 0; at < bytes.length && !feed.hasFailed; ) {
        const lead = bytes[at++]!;
        const direction = (lead & 1) as 0 | 1;
        const isLossy = (lead & 2) !== 0 && parser.gap !== undefined;
        if (isLossy && !feed.gap(direction, lead)) break;
        const length = Math.min(lead >> 2, bytes.length - at);
        feed.send(direction, bytes.subarray(at, at + length));
        at += length;
      }
      feed.end();
    },
  };
}
