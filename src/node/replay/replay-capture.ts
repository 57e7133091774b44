/** Pumps a capture through the reader: fills the region, hands on each record, moves what is left over. */
import { CaptureCode, type CaptureReader } from "../../core/pcap/capture-reader.ts";
import type { CaptureSource } from "./capture-source.ts";

export interface ReplayResult {
  readonly records: number;
  /** Why the capture ended early; null when it was read whole. */
  readonly problem: string | null;
}

/** Calls `onRecord` for each record, and `onProgress` after each chunk. Constant memory. */
export async function replayCapture(
  source: CaptureSource,
  reader: CaptureReader,
  onRecord: (reader: CaptureReader) => void,
  onProgress: () => void = () => {},
): Promise<ReplayResult> {
  let total = 0;
  for (;;) {
    const at = reader.compact();
    const room = reader.regionEnd - at;
    if (room === 0)
      return { records: reader.recordCount, problem: "a record does not fit into memory" };
    const count = await source.read(reader.bytes, at, room);
    total += count;
    if (count === 0) break;
    reader.dataEnd = at + count;
    let code = reader.next();
    while (code === CaptureCode.record) {
      onRecord(reader);
      code = reader.next();
    }
    onProgress();
    if (code === CaptureCode.corrupt)
      return { records: reader.recordCount, problem: reader.problem };
  }
  return { records: reader.recordCount, problem: endProblem(reader, total) };
}

function endProblem(reader: CaptureReader, totalBytes: number): string | null {
  if (totalBytes === 0) return "the file is empty";
  return reader.finish() ? "the last record is cut off" : null;
}
