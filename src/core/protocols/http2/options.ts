/** Limits of HTTP/2. */
import type { Settings } from "../settings.ts";

export interface Http2Options {
  /** Streams that are open at a time. */
  readonly streamsMax: number;
  /** Frames that are kept of one stream and direction. */
  readonly framesMax: number;
  /** Dynamic table of one direction, bytes. */
  readonly tableBytesMax: number;
  /** Header block that is put together from several frames, bytes. */
  readonly reassemblyBytesMax: number;
}

export function readHttp2Options(settings: Settings): Http2Options {
  return {
    streamsMax: Math.max(1, settings.number("max-streams", 4096)),
    framesMax: Math.max(1, settings.number("max-frames", 65_536)),
    tableBytesMax: settings.bytes("max-table-size", 65_536),
    reassemblyBytesMax: settings.bytes("max-reassembly-size", 102_400),
  };
}
