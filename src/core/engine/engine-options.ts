/** What the host gives an engine: limits, settings, rules. Each part takes only its own section. */
import type { RuleSet } from "../detect/rule-set.ts";
import type { FlowOptions } from "../flow/flow-options.ts";
import type { DecoderOptions } from "../layers/decoder-options.ts";
import type { StreamOptions } from "../stream/stream-options.ts";

/** How checksums decide: auto watches for offloading and stops verifying when too many are wrong. */
export type ChecksumMode = "verify" | "ignore" | "auto";

export interface EngineOptions {
  readonly decoder: DecoderOptions;
  readonly flow: FlowOptions;
  readonly stream: StreamOptions;
  readonly checksums: ChecksumMode;
  /** Null: no rule is run. */
  readonly ruleSet: RuleSet | null;
  /** Packets can be dropped: verdicts act (inline), or are simulated. */
  readonly inline: boolean;
}
