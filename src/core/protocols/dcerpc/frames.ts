/** Frames of DCE/RPC: PDUs, whole and in parts. */
import type { ParseHost } from "../protocol.ts";

export const dcerpcFrames = ["pdu", "hdr", "data"] as const;

/** Tells of a PDU at `at`. */
export function tellPdu(
  { frames = null }: ParseHost,
  direction: number,
  at: number,
  headerBytes: number,
  bodyBytes: number,
): void {
  if (frames === null) return;
  frames.add(direction, 0, at, headerBytes + bodyBytes);
  frames.add(direction, 1, at, headerBytes);
  if (bodyBytes > 0) frames.add(direction, 2, at + headerBytes, bodyBytes);
}
