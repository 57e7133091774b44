/** Frames of HTTP/2 (RFC 9113 §4, §6) as far as they are kept: what rules and events look at. */
import { readUint16, readUint32 } from "../../bytes/endian.ts";
import type { HeaderField } from "./hpack.ts";

export const FrameType = {
  data: 0,
  headers: 1,
  priority: 2,
  rstStream: 3,
  settings: 4,
  pushPromise: 5,
  ping: 6,
  goAway: 7,
  windowUpdate: 8,
  continuation: 9,
} as const;

/** Names in rules, by type. */
export const frameTypeNames = [
  "DATA",
  "HEADERS",
  "PRIORITY",
  "RSTSTREAM",
  "SETTINGS",
  "PUSHPROMISE",
  "PING",
  "GOAWAY",
  "WINDOWUPDATE",
  "CONTINUATION",
] as const;

export const FrameFlag = {
  /** Of SETTINGS and PING; the same bit as endStream. */
  ack: 1,
  endStream: 0x1,
  endHeaders: 0x4,
  padded: 0x8,
  priority: 0x20,
} as const;

/** Names of errors (RFC 9113 §7) by number, as events write them. */
export const errorNames = [
  "NO_ERROR",
  "PROTOCOL_ERROR",
  "INTERNAL_ERROR",
  "FLOW_CONTROL_ERROR",
  "SETTINGS_TIMEOUT",
  "STREAM_CLOSED",
  "FRAME_SIZE_ERROR",
  "REFUSED_STREAM",
  "CANCEL",
  "COMPRESSION_ERROR",
  "CONNECT_ERROR",
  "ENHANCE_YOUR_CALM",
  "INADEQUATE_SECURITY",
  "HTTP_1_1_REQUIRED",
] as const;

/** Names of settings (RFC 9113 §6.5.2) by number. */
export const settingNames: readonly (string | undefined)[] = [
  undefined,
  "SETTINGS_HEADER_TABLE_SIZE",
  "SETTINGS_ENABLE_PUSH",
  "SETTINGS_MAX_CONCURRENT_STREAMS",
  "SETTINGS_INITIAL_WINDOW_SIZE",
  "SETTINGS_MAX_FRAME_SIZE",
  "SETTINGS_MAX_HEADER_LIST_SIZE",
];

export const HEADER_TABLE_SIZE = 1;
/** Settings of one frame that are kept. */
const SETTINGS_MAX = 4096;

export interface Setting {
  readonly id: number;
  readonly value: number;
}

export interface Frame {
  readonly type: number;
  /** Of GOAWAY and RST_STREAM; -1 without. */
  readonly errorCode: number;
  /** Of WINDOW_UPDATE; -1 without. */
  readonly windowIncrement: number;
  /** Of PRIORITY and HEADERS; -1 without. */
  readonly priority: number;
  readonly settings: readonly Setting[];
  /** Of HEADERS, PUSH_PROMISE, CONTINUATION. */
  readonly fields: readonly HeaderField[];
}

const plainFrame = {
  errorCode: -1,
  windowIncrement: -1,
  priority: -1,
  settings: [],
  fields: [],
} as const;

export function newFrame(type: number, parts: Partial<Frame> = {}): Frame {
  return { ...plainFrame, ...parts, type };
}

/** Length that the payload of a type must have; -1 for any. */
const exactBytes: Readonly<Record<number, number>> = {
  [FrameType.priority]: 5,
  [FrameType.rstStream]: 4,
  [FrameType.windowUpdate]: 4,
};

export const FrameProblem = { invalidLength: 1, invalidData: 2 } as const;

/** Types without header blocks and data; a number is a FrameProblem. */
export function readFrame(
  type: number,
  bytes: Uint8Array,
  start: number,
  end: number,
): Frame | number {
  const wanted = exactBytes[type] ?? -1;
  if (wanted >= 0 && end - start !== wanted) return FrameProblem.invalidLength;
  switch (type) {
    case FrameType.priority:
      return newFrame(type, { priority: bytes[start + 4]! });
    case FrameType.rstStream:
      return newFrame(type, { errorCode: readUint32(bytes, start) });
    case FrameType.windowUpdate:
      return newFrame(type, { windowIncrement: readUint32(bytes, start) & 0x7fff_ffff });
    case FrameType.goAway:
      if (end - start < 8) return FrameProblem.invalidLength;
      return newFrame(type, { errorCode: readUint32(bytes, start + 4) });
    case FrameType.settings:
      if ((end - start) % 6 !== 0) return FrameProblem.invalidData;
      return newFrame(type, { settings: readSettings(bytes, start, end) });
    default:
      return newFrame(type);
  }
}

export function readSettings(bytes: Uint8Array, start: number, end: number): readonly Setting[] {
  const settings: Setting[] = [];
  for (let at = start; at + 6 <= end && settings.length < SETTINGS_MAX; at += 6) {
    settings.push({ id: readUint16(bytes, at), value: readUint32(bytes, at + 2) });
  }
  return settings;
}
