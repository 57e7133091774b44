/**
 * What the configuration says about mail messages (`app-layer.protocols.smtp.mime`), read once. The defaults are
 * those of Suricata without that section.
 */
import { latin1ToBytes } from "../../bytes/latin1.ts";
import type { Settings } from "../settings.ts";

export interface MimeOptions {
  readonly decodesBase64: boolean;
  readonly decodesQuotedPrintable: boolean;
  readonly extractsUrls: boolean;
  /** What links begin with, in lower case, as "http://". */
  readonly urlSchemes: readonly Uint8Array[];
  /** Links are kept with their scheme. */
  readonly keepsUrlScheme: boolean;
  /** MD5 of the body, for events that ask for it. */
  readonly hashesBody: boolean;
}

/** `path` is the section, "mime" for SMTP. */
export function readMimeOptions(settings: Settings, path: string): MimeOptions {
  const schemes = settings.list(`${path}.extract-urls-schemes`);
  return {
    decodesBase64: settings.switch(`${path}.decode-base64`, true),
    decodesQuotedPrintable: settings.switch(`${path}.decode-quoted-printable`, true),
    extractsUrls: settings.switch(`${path}.extract-urls`, true),
    urlSchemes: (schemes.length === 0 ? ["http"] : schemes).map(schemeBytes),
    keepsUrlScheme: settings.switch(`${path}.log-url-scheme`, false),
    hashesBody: settings.switch(`${path}.body-md5`, true),
  };
}

function schemeBytes(scheme: string): Uint8Array {
  const lower = scheme.toLowerCase();
  return latin1ToBytes(lower.endsWith("/") ? lower : `${lower}://`);
}
