/** Capture files: the reader must stay inside its region, move on, and end on any bytes. */
import { CaptureCode, CaptureReader } from "../../src/core/pcap/capture-reader.ts";
import type { FuzzTarget } from "./fuzz-target.ts";

const REGION_START = 16;
const REGION_END = REGION_START + 4096;

export const pcapTarget: FuzzTarget = {
  name: "pcap",
  run(bytes) {
    const reader = new CaptureReader(new Uint8Array(REGION_END + 64), REGION_START, REGION_END);
    for (let at = 0; at < bytes.length; ) {
      const room = Math.min(REGION_END - reader.compact(), bytes.length - at);
      if (room === 0) return;
      reader.bytes.set(bytes.subarray(at, at + room), reader.dataEnd);
      reader.dataEnd += room;
      at += room;
      if (!readAll(reader)) return;
    }
    reader.finish();
  },
};

/** False when the file is corrupt. */
function readAll(reader: CaptureReader): boolean {
  for (;;) {
    const before = reader.position;
    const code = reader.next();
    if (code === CaptureCode.needMore) return true;
    if (code === CaptureCode.corrupt) {
      if (reader.problem === "") throw new Error("corrupt without a problem");
      return false;
    }
    const { start, end, position, dataEnd } = reader;
    if (position <= before) throw new Error("the reader does not move");
    if (start < before || end < start || end > position || position > dataEnd) {
      throw new Error(`record [${start}, ${end}) outside of what was read`);
    }
    if (!Number.isFinite(reader.timeUs)) throw new Error("the time is no number");
  }
}
