/** Options of SSH: fingerprints of key exchanges, and what to do once a connection is encrypted. */
import type { Settings } from "../settings.ts";

export interface SshOptions {
  readonly hasHassh: boolean;
  /** track-only: payload is looked at no more; bypass: nor is the flow; full: as if it were not encrypted. */
  readonly encryption: "track-only" | "bypass" | "full";
}

export function readSshOptions(settings: Settings): SshOptions {
  const hassh = settings.text("hassh");
  const handling = settings.text("encryption-handling");
  return {
    hasHassh: hassh === null || hassh === "auto" || settings.switch("hassh", true),
    encryption: handling === "bypass" || handling === "full" ? handling : "track-only",
  };
}
