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
  ackUnseenData: 13,
  insertFailed: 14,
  overlapFailed: 15,
  urgent: 16,
  urgentOutOfBand: 17,
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
  "tcp.ack_unseen_data",
  "tcp.insert_data_normal_fail",
  "tcp.insert_data_overlap_fail",
  "tcp.urg",
  "tcp.urgent_oob_data",
] as const;
