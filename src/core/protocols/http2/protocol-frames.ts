/** Frames of HTTP/2 as rules see them: those of RFC 9113 §4.1, whole and in parts. */
import type { ParseHost } from "../protocol.ts";

export const http2Frames = ["hdr", "data", "pdu"] as const;

/** Tells of the frame at `at`. */
export function tellFrame(
  { frames = null }: ParseHost,
  direction: number,
  at: number,
  headerBytes: number,
  bodyBytes: number,
): void {
  if (frames === null) return;
  frames.add(direction, 0, at, headerBytes);
  if (bodyBytes > 0) frames.add(direction, 1, at + headerBytes, bodyBytes);
  frames.add(direction, 2, at, headerBytes + bodyBytes);
}
