/** All application protocols, sorted by name. The engine is given this list; nothing else names a protocol. */
import { ftp } from "./ftp/index.ts";
import { ftpData } from "./ftp-data/index.ts";
import { http1 } from "./http1/index.ts";
import type { ProtocolDeclaration } from "./protocol.ts";
import { ssh } from "./ssh/index.ts";
import { tls } from "./tls/index.ts";

export const protocols: readonly ProtocolDeclaration[] = [ftp, ftpData, http1, ssh, tls];
