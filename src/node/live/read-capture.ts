/** A whole capture in memory, for playback: bytes and the places of its packets. Throws CaptureError. */
import { CaptureReader } from "../../core/pcap/capture-reader.ts";
import { CaptureError } from "../errors.ts";
import { openCapture } from "../replay/capture-source.ts";
import { replayCapture } from "../replay/replay-capture.ts";
import type { PlaybackPacket } from "./capture-playback.ts";

export interface CaptureInMemory {
  readonly bytes: Uint8Array;
  readonly packets: readonly PlaybackPacket[];
}

/** Bytes of packets that are kept. */
export const PLAYBACK_BYTES_MAX = 1024 ** 3;
const CHUNK_BYTES = 4 * 1024 ** 2;

export async function readCaptureIntoMemory(file: string): Promise<CaptureInMemory> {
  const chunk = new Uint8Array(CHUNK_BYTES);
  const reader = new CaptureReader(chunk, 0, CHUNK_BYTES);
  const source = await openCapture(file);
  const pieces: Uint8Array[] = [];
  const packets: PlaybackPacket[] = [];
  let size = 0;
  try {
    const { problem } = await replayCapture(source, reader, {
      onRecord({ start, end, wireLength, timeUs, linkType }) {
        pieces.push(chunk.slice(start, end));
        packets.push({ start: size, end: size + end - start, wireLength, timeUs, linkType });
        size += end - start;
      },
      onPause: () => size > PLAYBACK_BYTES_MAX,
    });
    if (problem !== null && packets.length === 0) throw new CaptureError(`"${file}": ${problem}`);
    if (size > PLAYBACK_BYTES_MAX) throw new CaptureError(`"${file}" is too large to play back`);
  } finally {
    source.close();
  }
  return { bytes: Buffer.concat(pieces), packets };
}
