/** All application protocols, sorted by name. The engine is given this list; nothing else names a protocol. */
import { dcerpc } from "./dcerpc/index.ts";
import { dns } from "./dns/index.ts";
import { doh2 } from "./doh2/index.ts";
import { ftp } from "./ftp/index.ts";
import { ftpData } from "./ftp-data/index.ts";
import { http1 } from "./http1/index.ts";
import { http2 } from "./http2/index.ts";
import { mdns } from "./mdns/index.ts";
import { nfs } from "./nfs/index.ts";
import type { ProtocolDeclaration } from "./protocol.ts";
import { recognisedProtocols } from "./recognised/index.ts";
import { smb } from "./smb/index.ts";
import { smtp } from "./smtp/index.ts";
import { ssh } from "./ssh/index.ts";
import { tls } from "./tls/index.ts";

export const protocols: readonly ProtocolDeclaration[] = [
  // Their patterns are more telling than some of the others': "OPTIONS" with SIP's version is not HTTP.
  ...recognisedProtocols,
  dcerpc,
  dns,
  doh2,
  ftp,
  ftpData,
  http1,
  http2,
  mdns,
  nfs,
  smb,
  smtp,
  ssh,
  tls,
];
