/**
 * What keywords may ask of the engine while a rule set is compiled: matchers in the arena, numbers for names,
 * limits. One per rule set.
 */
import type { Arena } from "../bytes/arena.ts";
import type { LargePages } from "../bytes/large-pages.ts";
import type { Kernels } from "../match/kernels.ts";
import type { MagicLibrary } from "../protocols/file-magic.ts";
import type { ProtocolRegistry } from "../protocols/registry.ts";
import type { RuleVariables } from "../rule/addresses.ts";
import type { DetectionState } from "./detection-state.ts";
import type { PublicSuffixes } from "./public-suffixes.ts";
import type { SiteFacts, ZoneOffsets } from "./site-facts.ts";

export interface RuleLimits {
  /** Steps that one regular expression may take on one buffer. */
  readonly regexStepsMax: number;
  /** Nodes that the asn1 keyword walks. */
  readonly asn1FramesMax: number;
}

/** What `requires` may ask for. */
export interface EngineFeatures {
  /** Of the Suricata whose rule language this is: major, minor, patch. */
  readonly version: readonly [number, number, number];
  /** Names of optional features that are there, as `ja3`. */
  readonly names: ReadonlySet<string>;
}

export const defaultEngineFeatures: EngineFeatures = {
  version: [8, 0, 7],
  names: new Set(["ja3", "ja4", "output::file-store"]),
};

/**
 * Where a file that a rule names is looked for: `rules`, beside the file of the rule, then in the default rule
 * directory; `data`, in the data directory, where the engine may write.
 */
export type FilePlace =
  | { readonly kind: "rules"; readonly ruleFile: string }
  | { readonly kind: "data" };

/** Numbers for names: equal names share one number; 0 is never given. */
export class NameTable {
  private readonly numbers = new Map<string, number>();

  numberOf(name: string): number {
    const known = this.numbers.get(name);
    if (known !== undefined) return known;
    const number = this.numbers.size + 1;
    this.numbers.set(name, number);
    return number;
  }

  nameOf(number: number): string {
    for (const [name, known] of this.numbers) if (known === number) return name;
    return "";
  }

  get size(): number {
    return this.numbers.size;
  }
}

export interface RuleBuilder {
  readonly arena: Arena;
  readonly kernels: Kernels;
  readonly state: DetectionState;
  readonly variables: RuleVariables;
  readonly limits: RuleLimits;
  readonly flowBits: NameTable;
  readonly flowInts: NameTable;
  readonly hostBits: NameTable;
  readonly xBits: NameTable;
  /** Variables that pcre captures fill (flow:name, pkt:name). */
  readonly flowVariables: NameTable;
  readonly packetVariables: NameTable;
  /** Text of a file that a rule names (dataset, hash list); null when it cannot be read. Given by the host. */
  readonly readFile: (path: string, place?: FilePlace) => Uint8Array | null;
  readonly features?: EngineFeatures;
  readonly protocols: ProtocolRegistry;
  /** What the site file says; without one nothing is known. */
  readonly site?: SiteFacts;
  /** The offsets of an IANA time zone; null when there is none of that name. Given by the host. */
  readonly readZone?: (name: string) => ZoneOffsets | null;
  /** The public suffix list; without one the selection that is built in. */
  readonly publicSuffixes?: PublicSuffixes;
  /** Says what files are, for rules that ask; without it they are refused. Given by the host. */
  readonly magic?: MagicLibrary;
  /** Asks for large pages under big tables; nothing where the host cannot. */
  readonly largePages?: LargePages;
  /** Key of hash tables that keywords make and traffic fills. */
  readonly seed?: number;
}
