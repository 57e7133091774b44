/**
 * Frames of SMB: messages of the NetBIOS session service and the SMB messages in them, whole and in parts; those
 * of encrypted messages (SMB 3) by their outer header.
 */
import type { FrameSink } from "../frame.ts";
import { Magic, SMB1_HEADER_BYTES, SMB2_HEADER_BYTES } from "./smb-record.ts";

export const smbFrames = [
  "nbss.pdu",
  "nbss.hdr",
  "nbss.data",
  "smb1.pdu",
  "smb1.hdr",
  "smb1.data",
  "smb2.pdu",
  "smb2.hdr",
  "smb2.data",
  "smb3.pdu",
  "smb3.hdr",
  "smb3.data",
] as const;

/** The first of each three. */
const SmbFrame = { session: 0, smb1: 3, smb2: 6, smb3: 9 } as const;
const SESSION_HEADER_BYTES = 4;
const SMB3_HEADER_BYTES = 52;

/** Tells of the session message at `at` and, of its SMB messages, of all but those of a chain of SMB 2. */
export function tellSession(
  frames: FrameSink,
  direction: number,
  bytes: Uint8Array,
  at: number,
  bodyBytes: number,
  hasMessage: boolean,
): void {
  tell(frames, direction, SmbFrame.session, at, SESSION_HEADER_BYTES, bodyBytes);
  if (!hasMessage) return;
  const start = at + SESSION_HEADER_BYTES;
  const magic = bytes[start]!;
  if (magic === Magic.smb1) {
    tell(frames, direction, SmbFrame.smb1, start, SMB1_HEADER_BYTES, bodyBytes - SMB1_HEADER_BYTES);
  } else if (magic === Magic.transform) {
    tell(frames, direction, SmbFrame.smb3, start, SMB3_HEADER_BYTES, bodyBytes - SMB3_HEADER_BYTES);
  }
}

/** Tells of a message of SMB 2: `pduBytes` to the end of its chain, `bytes` of its own. */
export function tellSmb2(
  frames: FrameSink,
  direction: number,
  at: number,
  pduBytes: number,
  ownBytes: number,
): void {
  frames.add(direction, SmbFrame.smb2, at, pduBytes);
  frames.add(direction, SmbFrame.smb2 + 1, at, SMB2_HEADER_BYTES);
  if (ownBytes > SMB2_HEADER_BYTES) {
    const bodyStart = at + SMB2_HEADER_BYTES;
    frames.add(direction, SmbFrame.smb2 + 2, bodyStart, ownBytes - SMB2_HEADER_BYTES);
  }
}

function tell(
  frames: FrameSink,
  direction: number,
  first: number,
  at: number,
  headerBytes: number,
  bodyBytes: number,
): void {
  frames.add(direction, first, at, headerBytes + bodyBytes);
  frames.add(direction, first + 1, at, headerBytes);
  if (bodyBytes > 0) frames.add(direction, first + 2, at + headerBytes, bodyBytes);
}
