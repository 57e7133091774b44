/**
 * The optional native addon: its exports as types, loaded on first use in whichever thread asks. Absent, every
 * feature that needs it says so in one line with the command that adds it.
 */
import fs from "node:fs";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import { LiveError } from "../errors.ts";

/** What openRing of the addon takes; see src/native/packet-ring.h. */
export interface RingOptions {
  readonly interface: string;
  readonly filter: string;
  /** 3: blocks, for watching; 2: frames, for forwarding. */
  readonly version: 2 | 3;
  readonly blockBytes: number;
  readonly blockCount: number;
  readonly frameBytes: number;
  readonly retireMs: number;
  /** Sockets of one group share the traffic by flow; -1 for none. */
  readonly fanoutGroup: number;
  readonly promiscuous: boolean;
  readonly ignoreOutgoing: boolean;
}

/** 1, 0, or -1 when the interface does not tell. */
export interface NativeOffloads {
  readonly gro: number;
  readonly lro: number;
  readonly tso: number;
  readonly gso: number;
  readonly rxChecksum: number;
  readonly txChecksum: number;
  /** Bytes; -1 when there is no such interface. */
  readonly mtu: number;
}

/** Opaque to us. */
export interface RingHandle {
  readonly brand: "ring";
}
export interface ForwarderHandle {
  readonly brand: "forwarder";
}

export interface HyperscanEngine {
  readonly brand: "hyperscan";
}
export interface HyperscanSet {
  readonly brand: "set";
}

/** There only when the addon was built where Hyperscan is. */
export interface HyperscanAddon {
  hyperscanOpen(arena: Uint8Array, found: Int32Array): HyperscanEngine;
  hyperscanCompile(engine: HyperscanEngine, bytes: Uint8Array, layout: Int32Array): HyperscanSet;
  hyperscanSearch(set: HyperscanSet, start: number, end: number): number;
  hyperscanVersion(): string;
}

export interface NativeAddon extends Partial<HyperscanAddon> {
  openRing(options: RingOptions, arena: Uint8Array, table: Float64Array): RingHandle;
  ringPoll(handle: RingHandle, regionStart: number, regionEnd: number, limit: number): number;
  ringWait(handle: RingHandle, callback: (() => void) | null): void;
  ringSend(handle: RingHandle, frames: Int32Array, count: number): number;
  ringCounts(handle: RingHandle, into: Float64Array): void;
  ringDiscard(handle: RingHandle): number;
  /** An errno of the system, 0 for none. */
  ringError(handle: RingHandle): number;
  ringLinkType(handle: RingHandle): number;
  ringClose(handle: RingHandle): void;
  readOffloads(interfaceName: string): NativeOffloads;
  startForwarder(nameA: string, nameB: string): ForwarderHandle;
  stopForwarder(handle: ForwarderHandle): number;
  /** A descriptor of the system, or an errno below zero. */
  openDatagrams(path: string): number;
  /** An errno of the system, 0 for none. */
  sendDatagram(descriptor: number, bytes: Uint8Array): number;
  closeDatagrams(descriptor: number): void;
  /** Asks for large pages under the bytes; an errno of the system, 0 for none. Builds of before lack it. */
  adviseLargePages?(bytes: Uint8Array): number;
}

/** Columns of a row of the table that ringPoll fills. */
export const RingColumn = { start: 0, length: 1, wireLength: 2, timeUs: 3 } as const;
export const RING_COLUMNS = 4;

/** Places in the array that ringCounts fills. */
export const RingCount = {
  packets: 0,
  kernelDrops: 1,
  freezes: 2,
  truncated: 3,
  sent: 4,
  sendFailures: 5,
  sendRetries: 6,
} as const;
export const RING_COUNTS = 7;

export const buildHint =
  "npm run build:native adds it (needs a C++ compiler and the headers of Node)";

/** `off` in this variable: as if there were no addon; else the file of another build. */
const VARIABLE = "SHRIKE_NATIVE";

function addonFile(): string {
  const built = fileURLToPath(new URL("../../../dist/native/shrike.node", import.meta.url));
  return process.env[VARIABLE] ?? built;
}

/** Null when it was not built, or does not load here. */
export function findAddon(): NativeAddon | null {
  const file = addonFile();
  if (!fs.existsSync(file)) return null;
  try {
    return createRequire(import.meta.url)(file) as NativeAddon; // the exports of src/native/addon.cc
  } catch {
    return null;
  }
}

/** What the addon brings, for `--version`. */
export function nativeParts(): string {
  const addon = findAddon();
  if (addon === null) return "no native parts";
  const version = addon.hyperscanVersion?.().split(" ")[0];
  return `native: AF_PACKET ring${version === undefined ? "" : `, Hyperscan ${version}`}`;
}

/** Throws LiveError with the command that adds it. @param purpose such as "the AF_PACKET ring". */
export function requireAddon(purpose: string): NativeAddon {
  const addon = findAddon();
  if (addon !== null) return addon;
  const state = fs.existsSync(addonFile()) ? "cannot be loaded" : "is not built";
  throw new LiveError(`${purpose} needs the native addon, which ${state}`, { hint: buildHint });
}
