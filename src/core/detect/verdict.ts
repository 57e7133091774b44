/**
 * What rules and policies decide about a packet or a flow, as bits that can be combined.
 *
 * @hotpath
 */
export const Verdict = {
  alert: 1,
  drop: 2,
  /** Answer the source, the destination: with a TCP RST or an ICMP error. Both imply drop. */
  rejectSource: 4,
  rejectDestination: 8,
  pass: 16,
  config: 32,
  bypass: 64,
} as const;

/** Any bit that stops a packet inline. */
export const VERDICT_STOPS = Verdict.drop | Verdict.rejectSource | Verdict.rejectDestination;

/** Why a packet was dropped; the names are those of EVE's `drop.reason` and of the `ips.drop_reason` counters. */
export const dropReasonNames = [
  "",
  "decode error",
  "defrag error",
  "defrag memcap",
  "flow memcap",
  "flow drop",
  "stream error",
  "stream memcap",
  "stream midstream",
  "stream reassembly",
  "stream urgent",
  "applayer error",
  "applayer memcap",
  "rules",
  "threshold detection_filter",
  "inner packet",
  "default packet policy",
  "default app policy",
] as const;

export const DropReason = {
  none: 0,
  decodeError: 1,
  defragError: 2,
  defragMemcap: 3,
  flowMemcap: 4,
  flowDrop: 5,
  streamError: 6,
  streamMemcap: 7,
  streamMidstream: 8,
  streamReassembly: 9,
  streamUrgent: 10,
  applicationError: 11,
  applicationMemcap: 12,
  rules: 13,
  rulesThreshold: 14,
  innerPacket: 15,
} as const;
