/**
 * What packets of one protocol, direction and pair of port classes share, whatever their addresses: the
 * searches over payload and packet buffers, and the groups by addresses.
 *
 * @hotpath
 */
import type { MultiPatternMatcher } from "../match/multi-pattern.ts";
import { BitsMap, type RuleBits } from "./rule-bits.ts";
import type { RuleGroup } from "./rule-group.ts";

/** The search over one packet buffer. */
export interface BufferSearch {
  readonly bufferId: number;
  readonly matcher: MultiPatternMatcher;
}

export class PortGroup {
  /** Rules that admit the packets, addresses left out. */
  readonly bits: RuleBits;
  readonly byAddresses = new Map<number, RuleGroup>();
  readonly byBits = new BitsMap<RuleGroup>();
  /** The addresses asked for last, and their group: most packets go between hosts of the same classes. */
  lastAddresses = 0;
  lastGroup: RuleGroup | null = null;
  /** Null until a packet with payload needs them; a search without patterns finds nothing. */
  packetSearch: MultiPatternMatcher | null = null;
  streamSearch: MultiPatternMatcher | null = null;
  readonly bufferSearches: readonly BufferSearch[];

  constructor(bits: RuleBits, bufferSearches: readonly BufferSearch[]) {
    this.bits = bits;
    this.bufferSearches = bufferSearches;
  }
}
