/** Limits of defragmentation, as the `defrag:` section of suricata.yaml has them, and what it counts. */
import type { Packet } from "../layers/packet.ts";
import { DefragPolicy } from "./defrag-policy.ts";

export interface DefragOptions {
  /** Datagrams being collected; at the limit the one that waited longest is given up. */
  readonly trackersMax: number;
  /** Fragments held; at the limit a further one is ignored, with an event. */
  readonly fragmentsMax: number;
  /** Packet time after which a datagram that got no fragment is given up. */
  readonly timeoutMs: number;
  /** A value of DefragPolicy for a fragment, by its destination. */
  readonly policyFor: (packet: Packet) => number;
  /** Key of the hash over addresses and ids; random, so that collisions cannot be sent on purpose. */
  readonly hashKey: number;
}

export const defaultDefragOptions: DefragOptions = {
  trackersMax: 65_535,
  fragmentsMax: 65_535,
  timeoutMs: 60_000,
  policyFor: () => DefragPolicy.windows,
  hashKey: 0,
};

/** Counters of defragmentation, with the names of the stats event. */
export class DefragCounters {
  ipv4Fragments = 0;
  ipv4Reassembled = 0;
  ipv6Fragments = 0;
  ipv6Reassembled = 0;
  trackersMaxReached = 0;
  fragmentsMaxReached = 0;
  /** A datagram that had timed out made room for one with the same key. */
  trackerSoftReuse = 0;
  /** A datagram still waiting was given up to make room. */
  trackerHardReuse = 0;
  trackerTimeouts = 0;
  /** Datagrams longer than IP allows, or too many in one record: given up when they were complete. */
  unbuildable = 0;

  entries(memoryBytes: number): [name: string, value: number][] {
    return [
      ["defrag.ipv4.fragments", this.ipv4Fragments],
      ["defrag.ipv4.reassembled", this.ipv4Reassembled],
      ["defrag.ipv6.fragments", this.ipv6Fragments],
      ["defrag.ipv6.reassembled", this.ipv6Reassembled],
      ["defrag.max_trackers_reached", this.trackersMaxReached],
      ["defrag.max_frags_reached", this.fragmentsMaxReached],
      ["defrag.tracker_soft_reuse", this.trackerSoftReuse],
      ["defrag.tracker_hard_reuse", this.trackerHardReuse],
      ["defrag.wrk.tracker_timeout", this.trackerTimeouts],
      ["defrag.memuse", memoryBytes],
    ];
  }
}
