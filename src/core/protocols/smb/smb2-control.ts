/** SMB 2 and 3: controls (MS-SMB2 §2.2.31, §2.2.32), among them calls over pipes. */
import type { SmbConnection } from "./connection.ts";
import { SmbEvent } from "./events.ts";
import { Outcome } from "./outcome.ts";
import { carriesCalls, takePipeRequest, takePipeResponse } from "./pipe-calls.ts";
import type { SmbRecord } from "./smb-record.ts";
import { CONTROL_PIPE_TRANSCEIVE } from "./smb2-commands.ts";
import { Status } from "./status.ts";

const REQUEST_BYTES = 56;
const RESPONSE_BYTES = 48;

export function controlRequest(connection: SmbConnection, record: SmbRecord): number {
  if (!record.has(0, REQUEST_BYTES)) {
    connection.openPending("generic", record, null).addEvent(SmbEvent.malformedData);
    return Outcome.done;
  }
  const functionCode = record.uint32(4);
  const fileId = record.copy(8, 16);
  if (functionCode === CONTROL_PIPE_TRANSCEIVE && carriesCalls(connection, fileId)) {
    const [start, end] = dataRange(record, record.uint32(24), record.uint32(28), REQUEST_BYTES);
    takePipeRequest(connection, record, start, end);
  } else connection.openPending("generic", record, { kind: "control", functionCode });
  return Outcome.done;
}

export function controlResponse(connection: SmbConnection, record: SmbRecord): number {
  if (record.has(0, RESPONSE_BYTES)) {
    const fileId = record.copy(8, 16);
    const isPipe = record.uint32(4) === CONTROL_PIPE_TRANSCEIVE;
    if (isPipe && carriesCalls(connection, fileId)) {
      const [start, end] = dataRange(record, record.uint32(32), record.uint32(36), RESPONSE_BYTES);
      takePipeResponse(connection, record, fileId, start, end);
      return Outcome.done;
    }
  }
  const transaction = connection.find("generic", record);
  if (transaction === undefined) return Outcome.done;
  transaction.setStatus(record.status, false);
  if (record.status !== Status.pending) {
    transaction.finishResponse();
    connection.take("generic", record);
  }
  return Outcome.done;
}

function dataRange(
  record: SmbRecord,
  offset: number,
  length: number,
  smallest: number,
): readonly [number, number] {
  const earliest = record.bodyStart + smallest;
  const start = Math.min(Math.max(record.headerStart + offset, earliest), record.bodyEnd);
  return [start, Math.min(start + length, record.bodyEnd)];
}
