/** Options of TLS: what to do once a connection is encrypted, and which fingerprints to make. */
import { Md5 } from "../../bytes/md5.ts";
import type { Settings } from "../settings.ts";

export interface TlsOptions {
  /** track-only: payload is looked at no more; bypass: nor is the flow; full: as if it were not encrypted. */
  readonly encryption: "track-only" | "bypass" | "full";
  readonly hasJa3: boolean;
  readonly hasJa4: boolean;
  /** For the fingerprints of all connections, one after another. */
  readonly md5: Md5;
}

export function readTlsOptions(settings: Settings): TlsOptions {
  return {
    encryption: encryptionOf(settings),
    hasJa3: isOn(settings, "ja3-fingerprints"),
    hasJa4: isOn(settings, "ja4-fingerprints"),
    md5: new Md5(),
  };
}

function encryptionOf(settings: Settings): TlsOptions["encryption"] {
  const handling = settings.text("encryption-handling");
  if (handling === "bypass" || handling === "full") return handling;
  const isBypassed = handling === null && settings.switch("no-reassemble", false);
  return isBypassed ? "bypass" : "track-only";
}

/** "auto" makes a fingerprint when somebody may want it. */
function isOn(settings: Settings, path: string): boolean {
  const text = settings.text(path);
  return text === null || text === "auto" || settings.switch(path, true);
}
