/** Makes the declaration of a protocol that is recognised and not parsed. */
import { latin1ToBytes } from "../../bytes/latin1.ts";
import type { FlowSide } from "../direction.ts";
import {
  type DetectionPattern,
  type DetectionProbe,
  defineProtocol,
  type ProtocolDeclaration,
  type TCP,
  type UDP,
} from "../protocol.ts";

export interface Recognised {
  readonly name: string;
  readonly summary: string;
  readonly transports: readonly (typeof TCP | typeof UDP)[];
  readonly ruleNames?: readonly string[];
  readonly enabledByDefault?: boolean;
  readonly patterns?: readonly DetectionPattern[];
  readonly probes?: readonly DetectionProbe[];
}

export function recognised(spec: Recognised): ProtocolDeclaration {
  const { enabledByDefault = true, patterns = [], probes = [] } = spec;
  return defineProtocol({
    ...spec,
    enabledByDefault,
    patterns,
    probes,
    states: {
      toServer: ["request_started", "request_complete"],
      toClient: ["response_started", "response_complete"],
    },
    events: [],
    buffers: [],
    tests: [],
    records: [],
    createFactory: null,
  });
}

/** Texts that a direction begins with. */
export function beginsWith(
  transport: typeof TCP | typeof UDP,
  side: FlowSide,
  texts: readonly string[],
  more: Partial<DetectionPattern> = {},
): DetectionPattern[] {
  return texts.map((text) => {
    const bytes = latin1ToBytes(text);
    return { transport, side, bytes, offset: 0, depth: bytes.length, ...more };
  });
}
