/**
 * The public suffix list of the package `tldts`, loaded when the first name is asked about; the core's own selection
 * where the package is not installed. Private suffixes count (names under a hoster's domain are their owners').
 */
import { createRequire } from "node:module";
import { bytesToLatin1 } from "../../core/bytes/latin1.ts";
import type { PublicSuffixes } from "../../core/detect/public-suffixes.ts";
import { registrableStart } from "../../core/keywords/transforms/rewriting/public-suffix.ts";

/** What is used of the package. */
export interface SuffixLibrary {
  getDomain(
    name: string,
    options: {
      readonly allowPrivateDomains: boolean;
      readonly extractHostname: boolean;
      readonly validateHostname: boolean;
    },
  ): string | null;
}

const OPTIONS = { allowPrivateDomains: true, extractHostname: false, validateHostname: false };

export class OptionalSuffixes implements PublicSuffixes {
  /** Undefined until it was looked for; null: not installed. */
  private library: SuffixLibrary | null | undefined;
  private readonly find: () => SuffixLibrary | null;

  constructor(find: () => SuffixLibrary | null = findLibrary) {
    this.find = find;
  }

  registrableStart(bytes: Uint8Array, start: number, end: number): number {
    if (this.library === undefined) this.library = this.find();
    if (this.library === null) return registrableStart(bytes, start, end);
    const name = bytesToLatin1(bytes, start, end);
    const domain = this.library.getDomain(name, OPTIONS);
    return domain === null || !name.endsWith(domain) ? -1 : end - domain.length;
  }
}

function findLibrary(): SuffixLibrary | null {
  try {
    const found: unknown = createRequire(import.meta.url)("tldts");
    return isLibrary(found) ? found : null;
  } catch {
    return null; // not installed
  }
}

function isLibrary(value: unknown): value is SuffixLibrary {
  return typeof value === "object" && value !== null && "getDomain" in value;
}
