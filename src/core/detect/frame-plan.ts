/**
 * What a rule over frames looks for: chains by type of frame of one protocol. Such a rule has nothing but frames
 * to look into; any of its buffers that matches raises it, as in Suricata.
 */
import { FRAME_TYPES_MAX, STREAM_FRAME, STREAM_FRAME_NAME } from "../protocols/frame.ts";
import { TCP } from "../protocols/protocol.ts";
import type { RegisteredProtocol } from "../protocols/registry.ts";
import { RuleError } from "../rule/diagnostic.ts";
import type { BufferDeclaration } from "./buffer.ts";
import type { CompiledBuffer } from "./compiled-rule.ts";
import type { RuleDraft } from "./rule-draft.ts";

export interface FramePlan {
  readonly protocolId: number;
  readonly buffers: readonly FrameBuffer[];
  /** What the chains of a buffer made, to be looked into when they match. */
  readonly derived: readonly CompiledBuffer[];
}

export interface FrameBuffer {
  readonly type: number;
  readonly buffer: CompiledBuffer;
}

/** Which frames a buffer is made of. */
export interface FrameChoice {
  readonly protocolId: number;
  readonly type: number;
}

/** The buffer of a type of frames; null when the protocol has no such type. */
export function frameDeclaration(
  protocol: RegisteredProtocol,
  name: string,
): BufferDeclaration | null {
  const { declaration, id } = protocol;
  const listed = (declaration.frames ?? []).indexOf(name);
  const isStream = name === STREAM_FRAME_NAME && declaration.transports.includes(TCP);
  if (listed >= FRAME_TYPES_MAX || (listed < 0 && !isStream)) return null;
  return {
    name: `frame:${declaration.name}.${name}`,
    scope: "frame",
    summary: `The bytes of frames "${name}" of ${declaration.name}.`,
    protocols: [declaration.name],
    multi: false,
    fastPattern: true,
    frame: { protocolId: id, type: listed < 0 ? STREAM_FRAME : listed },
  };
}

/** Null for a rule without frames. Throws RuleError where it looks into something else as well. */
export function planFrames(draft: RuleDraft, buffers: readonly CompiledBuffer[]): FramePlan | null {
  const first = draft.buffers.find(({ declaration }) => declaration.frame !== undefined);
  const { frame } = first?.declaration ?? {};
  if (frame === undefined) return null;
  const scopes = draft.buffers.map(({ declaration }) => declaration.scope);
  if (draft.isTransactional || scopes.some((scope) => scope !== "frame" && scope !== "derived")) {
    throw new RuleError(
      "conflicting-keyword",
      "the rule looks into frames and into something else: only one of the two is possible",
    );
  }
  if (draft.requirePacket || draft.requireStream) {
    throw new RuleError(
      "packet-stream-conflict",
      "frames are neither single packets nor the stream: take out what demands one of them",
    );
  }
  const looked = buffers.flatMap((buffer) => {
    const type = buffer.declaration.frame?.type;
    return type === undefined ? [] : [{ type, buffer }];
  });
  const derived = buffers.filter(({ declaration }) => declaration.scope === "derived");
  return { protocolId: frame.protocolId, buffers: looked, derived };
}
