/**
 * The counters of TCP tracking under Suricata's names.
 *
 * @hotpath
 */

export const StreamCounter = {
  sessions: 0,
  sessionMemoryCap: 1,
  invalidChecksum: 2,
  midstreamPickups: 3,
  segmentMemoryCap: 4,
  depthReached: 5,
  gap: 6,
  overlap: 7,
  overlapDifferentData: 8,
  activeSessions: 9,
  memoryUse: 10,
  reassemblyMemoryUse: 11,
  pseudo: 12,
} as const;

/** In the order of StreamCounter. */
export const streamCounterNames = [
  "tcp.sessions",
  "tcp.ssn_memcap_drop",
  "tcp.invalid_checksum",
  "tcp.midstream_pickups",
  "tcp.segment_memcap_drop",
  "tcp.stream_depth_reached",
  "tcp.reassembly_gap",
  "tcp.overlap",
  "tcp.overlap_diff_data",
  "tcp.active_sessions",
  "tcp.memuse",
  "tcp.reassembly_memuse",
  "tcp.pseudo",
] as const;
