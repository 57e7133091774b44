/** All application protocols, sorted by name. The engine is given this list; nothing else names a protocol. */
import { dcerpc } from "./dcerpc/index.ts";
import { http1 } from "./http1/index.ts";
import type { ProtocolDeclaration } from "./protocol.ts";

export const protocols: readonly ProtocolDeclaration[] = [dcerpc, http1];
