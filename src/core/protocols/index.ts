/** All application protocols, sorted by name. The engine is given this list; nothing else names a protocol. */
import type { ProtocolDeclaration } from "./protocol.ts";

export const protocols: readonly ProtocolDeclaration[] = [];
