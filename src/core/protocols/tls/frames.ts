/** Frames of TLS: records, whole and in parts, and what is in alerts and heartbeats; those of SSL 2.0. */
import type { ParseHost } from "../protocol.ts";

export const tlsFrames = [
  "pdu",
  "hdr",
  "data",
  "alert",
  "heartbeat",
  "ssl2.hdr",
  "ssl2.pdu",
] as const;

export const TlsFrame = {
  pdu: 0,
  header: 1,
  data: 2,
  alert: 3,
  heartbeat: 4,
  ssl2Header: 5,
  ssl2Pdu: 6,
} as const;

/** Tells of a record whose header of `headerBytes` is at `at`. */
export function tellRecord(
  host: ParseHost,
  direction: number,
  at: number,
  headerBytes: number,
  bodyBytes: number,
): void {
  const frames = host.frames ?? null;
  if (frames === null) return;
  frames.add(direction, TlsFrame.header, at, headerBytes);
  frames.add(direction, TlsFrame.pdu, at, headerBytes + bodyBytes);
  frames.add(direction, TlsFrame.data, at + headerBytes, bodyBytes);
}
