/** What a test and the threads it starts tell each other. */
import type { SharedStateMemory } from "../../../src/core/detect/shared-state.ts";

export interface TimedPacket {
  readonly bytes: Uint8Array;
  readonly timeUs: number;
}

export type ThreadOrder =
  | {
      readonly kind: "begin";
      readonly rules: string;
      readonly thresholds: string;
      readonly memory: SharedStateMemory;
      readonly threadNumber: number;
    }
  /** No packet comes: what others sent is taken in. */
  | { readonly kind: "idle" }
  | { readonly kind: "packets"; readonly packets: readonly TimedPacket[] }
  | {
      readonly kind: "count";
      readonly memory: SharedArrayBuffer;
      readonly threadNumber: number;
      readonly rounds: number;
      readonly keys: number;
    }
  /** Takes the lock of a key and ends without letting go. */
  | {
      readonly kind: "die";
      readonly memory: SharedArrayBuffer;
      readonly threadNumber: number;
      readonly key: number;
    };

export interface ThreadAnswer {
  /** Alerts so far, by sid; or counts refused. */
  readonly counts: Readonly<Record<number, number>>;
  /** Packets recorded for tags so far. */
  readonly tagged: number;
}
