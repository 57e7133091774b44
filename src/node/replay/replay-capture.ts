/** Pumps a capture through the reader: fills the region, hands on each record, moves what is left over. */
import { setImmediate } from "node:timers/promises";
import { RecordsAhead } from "../../core/bytes/records-ahead.ts";
import { CaptureCode, type CaptureReader } from "../../core/pcap/capture-reader.ts";
import type { CaptureSource } from "./capture-source.ts";

export interface ReplayResult {
  readonly records: number;
  /** Why the capture ended early; null when it was read whole, or stopped by the caller. */
  readonly problem: string | null;
}

export interface ReplayHost {
  onRecord(reader: CaptureReader): void;
  /** The records that come next, told now and then. */
  onAhead?(ahead: RecordsAhead): void;
  /** Called between records, now and then; true stops the replay. */
  onPause(): boolean;
}

/** Records between two pauses: some tens of milliseconds, so that signals and the terminal are heard. */
const PAUSE_RECORDS = 8192;

/** Calls `onRecord` for each record. Constant memory. Throws CaptureError. */
export async function replayCapture(
  source: CaptureSource,
  reader: CaptureReader,
  host: ReplayHost,
): Promise<ReplayResult> {
  let total = 0;
  for (;;) {
    const at = reader.compact();
    const room = reader.regionEnd - at;
    if (room === 0) return ended(reader, "a record does not fit into memory");
    const count = await source.read(reader.bytes, at, room);
    if (await isStopped(host)) return ended(reader, null);
    total += count;
    if (count === 0) break;
    reader.dataEnd = at + count;
    const code = await readRecords(reader, host);
    if (code === CaptureCode.record) return ended(reader, null);
    if (code === CaptureCode.corrupt) return ended(reader, reader.problem);
  }
  return ended(reader, endProblem(source, reader, total));
}

/** Hands on the records of one filling; ends with `record` when the host wants to stop. */
async function readRecords(reader: CaptureReader, host: ReplayHost): Promise<number> {
  const ahead = new RecordsAhead();
  let untilPause = PAUSE_RECORDS;
  let code = reader.next();
  while (code === CaptureCode.record) {
    host.onRecord(reader);
    if (host.onAhead !== undefined && --ahead.count <= 0) {
      reader.peek(ahead);
      host.onAhead(ahead);
    }
    if (--untilPause === 0) {
      untilPause = PAUSE_RECORDS;
      if (await isStopped(host)) return code;
    }
    code = reader.next();
  }
  return code;
}

/** Lets the events of the process happen, then asks. */
async function isStopped(host: ReplayHost): Promise<boolean> {
  await setImmediate();
  return host.onPause();
}

function ended(reader: CaptureReader, problem: string | null): ReplayResult {
  return { records: reader.recordCount, problem };
}

function endProblem(
  source: CaptureSource,
  reader: CaptureReader,
  totalBytes: number,
): string | null {
  if (source.problem !== null) return source.problem;
  if (totalBytes === 0) return "the file is empty";
  return reader.finish() ? "the last record is cut off" : null;
}
