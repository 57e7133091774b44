/**
 * DCE/RPC over named pipes (MS-RPCE §2.1.1.2): requests come with writes, transactions and controls, answers with
 * their responses and with reads. Calls are found again by their number in the session.
 */
import type { InterfaceTable } from "../dcerpc/interface-table.ts";
import { PDU_HEADER_BYTES, PDU_TYPE_MAX, PduFlag, PduHeader, PduType } from "../dcerpc/pdu.ts";
import type { SmbConnection } from "./connection.ts";
import { SmbEvent } from "./events.ts";
import { bytesKey, type SmbRecord } from "./smb-record.ts";
import { Status } from "./status.ts";
import { CallDetail, type SmbTransaction } from "./transaction.ts";

const REQUEST_BYTES = 8;
const RESPONSE_BYTES = 8;
const PIPE_SERVICES = ["svcctl", "srvsvc", "atsvc", "lsarpc", "samr", "spoolss", "winreg"];

/** Stands for the name of a pipe that was opened before the capture began and carries calls. */
export const UNNAMED_PIPE = Uint8Array.from("shrike::dcerpc", (letter) => letter.charCodeAt(0));

/** Whether calls go over the pipe with this id: its name is that of a known service. */
export function carriesCalls(connection: SmbConnection, fileId: Uint8Array): boolean {
  const name = connection.nameOf(fileId);
  if (name === undefined) return false;
  if (name === UNNAMED_PIPE) return true;
  const text = bytesKey(name);
  return PIPE_SERVICES.includes(text.startsWith("\\") && text.length > 1 ? text.slice(1) : text);
}

/** Whether data of an unknown file looks like a call. */
export function looksLikeCall(bytes: Uint8Array, start: number, end: number): boolean {
  if (end - start < PDU_HEADER_BYTES || bytes[start] !== 5 || bytes[start + 1]! > 1) return false;
  return bytes[start + 2]! <= PDU_TYPE_MAX && (bytes[start + 4]! & 0xee) === 0;
}

/** Takes what a client sends to a pipe. */
export function takePipeRequest(
  connection: SmbConnection,
  record: SmbRecord,
  start: number,
  end: number,
): void {
  const { bytes } = record;
  const header = new PduHeader();
  if (end - start < PDU_HEADER_BYTES) {
    connection.addEvent(SmbEvent.malformedData);
    return;
  }
  header.readFields(bytes, start);
  const body = start + PDU_HEADER_BYTES;
  if (header.type === PduType.request && !header.has(PduFlag.firstFragment)) {
    takeLaterFragment(connection, record, header, body, start, end);
    return;
  }
  const { callId, type, isLittleEndian } = header;
  const detail = new CallDetail(callId, type, isLittleEndian, connection.interfaces);
  const transaction = connection.openCall(record, detail);
  if (type === PduType.request) {
    if (!addRequest(detail, header, bytes, body, start, end)) {
      transaction.addEvent(SmbEvent.malformedData);
      transaction.finishRequest();
    } else if (header.has(PduFlag.lastFragment)) transaction.finishRequest();
    return;
  }
  transaction.finishRequest();
  if (type > PDU_TYPE_MAX) transaction.addEvent(SmbEvent.malformedData);
  if (type === PduType.bind) takeBind(connection, transaction, detail, header, bytes, body, end);
}

function takeLaterFragment(
  connection: SmbConnection,
  record: SmbRecord,
  header: PduHeader,
  body: number,
  start: number,
  end: number,
): void {
  const transaction = connection.findCall(record, header.callId);
  if (transaction?.detail?.kind !== "call") return;
  if (!addRequest(transaction.detail, header, record.bytes, body, start, end)) {
    connection.addEvent(SmbEvent.malformedData);
  } else if (header.has(PduFlag.lastFragment)) transaction.finishRequest();
}

function addRequest(
  detail: CallDetail,
  header: PduHeader,
  bytes: Uint8Array,
  body: number,
  start: number,
  end: number,
): boolean {
  const stop = start + header.fragmentBytes;
  if (stop > end || stop < body + REQUEST_BYTES) return false;
  detail.contextId = header.uint16(bytes, body + 4);
  detail.operation = header.uint16(bytes, body + 6);
  detail.requestStub.addFragment(bytes, body + REQUEST_BYTES, stop);
  return true;
}

function takeBind(
  connection: SmbConnection,
  transaction: SmbTransaction,
  detail: CallDetail,
  header: PduHeader,
  bytes: Uint8Array,
  body: number,
  end: number,
): void {
  // Over pipes every fragment of a bind counts.
  header.flags |= PduFlag.firstFragment;
  const interfaces: InterfaceTable = connection.startBind();
  detail.interfaces = interfaces;
  if (!interfaces.readBind(header, bytes, body, end)) transaction.addEvent(SmbEvent.malformedData);
}

/** Takes what a server sends over a pipe. `fileId` is the pipe's. */
export function takePipeResponse(
  connection: SmbConnection,
  record: SmbRecord,
  fileId: Uint8Array,
  start: number,
  end: number,
): void {
  const { status } = record;
  if (status !== Status.success && status !== Status.bufferOverflow) {
    const waiting = connection.find("generic", record);
    waiting?.setStatus(status, false);
    waiting?.finishResponse();
    return;
  }
  const key = pipeKey(record, fileId);
  const before = connection.pipeFragments.take(key);
  if (before === undefined) {
    takeAnswer(connection, record, record.bytes, start, end);
    return;
  }
  const whole = joined(before, record.bytes, start, end);
  takeAnswer(connection, record, whole, 0, whole.length);
}

/** Keeps a part of an answer until the rest is read. */
export function keepPipeFragment(
  connection: SmbConnection,
  record: SmbRecord,
  fileId: Uint8Array,
  start: number,
  end: number,
): void {
  connection.pipeFragments.set(pipeKey(record, fileId), record.bytes.slice(start, end));
}

function pipeKey(record: SmbRecord, fileId: Uint8Array): string {
  return `${record.treeKey}/${bytesKey(fileId)}`;
}

function joined(before: Uint8Array, bytes: Uint8Array, start: number, end: number): Uint8Array {
  const whole = new Uint8Array(before.length + end - start);
  whole.set(before);
  whole.set(bytes.slice(start, end), before.length);
  return whole;
}

function takeAnswer(
  connection: SmbConnection,
  record: SmbRecord,
  bytes: Uint8Array,
  start: number,
  end: number,
): void {
  if (end === start) return;
  const header = new PduHeader();
  if (end - start < PDU_HEADER_BYTES) {
    connection.addEvent(SmbEvent.malformedData);
    return;
  }
  header.readFields(bytes, start);
  const known = connection.findCall(record, header.callId);
  const isBindAck = header.type === PduType.bindAck;
  if (isBindAck && known === undefined) return;
  const transaction =
    known ??
    connection.openCall(
      record,
      new CallDetail(header.callId, null, header.isLittleEndian, connection.interfaces),
    );
  const { detail } = transaction;
  if (detail?.kind !== "call") return;
  const body = start + PDU_HEADER_BYTES;
  if (isBindAck) {
    const isRead = detail.interfaces?.readAcknowledgement(header, bytes, body, end, start);
    if (isRead === false) connection.addEvent(SmbEvent.malformedData);
  }
  if (header.type === PduType.response) {
    if (!addResponse(detail, header, bytes, body, start, end)) {
      transaction.addEvent(SmbEvent.malformedData);
      return;
    }
    transaction.setStatus(record.status, false);
    if (header.has(PduFlag.lastFragment)) finishCall(connection, record, transaction, header);
    return;
  }
  detail.responseType = header.type;
  if (header.type > PDU_TYPE_MAX) transaction.addEvent(SmbEvent.malformedData);
  transaction.setStatus(record.status, false);
  finishCall(connection, record, transaction, header);
}

function addResponse(
  detail: CallDetail,
  header: PduHeader,
  bytes: Uint8Array,
  body: number,
  start: number,
  end: number,
): boolean {
  const stop = start + header.fragmentBytes;
  if (stop > end || stop < body + RESPONSE_BYTES) return false;
  detail.responseType = PduType.response;
  detail.responseStub.addFragment(bytes, body + RESPONSE_BYTES, stop);
  return true;
}

function finishCall(
  connection: SmbConnection,
  record: SmbRecord,
  transaction: SmbTransaction,
  header: PduHeader,
): void {
  transaction.finishResponse();
  connection.forgetCall(record, header.callId);
}
