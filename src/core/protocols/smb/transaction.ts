/**
 * One exchange of SMB: a command and its response, the transfer of a file (many reads or writes), or a call over a
 * named pipe. What is special to a command stands in `detail`.
 */
import type { CallView } from "../dcerpc/call-view.ts";
import type { InterfaceTable } from "../dcerpc/interface-table.ts";
import { PduType } from "../dcerpc/pdu.ts";
import { StubData } from "../dcerpc/stub-data.ts";
import { TO_CLIENT, TO_SERVER } from "../direction.ts";
import type { FileTransfer } from "../files/file-transfer.ts";
import type { NtlmAuthenticate } from "../ntlmssp/authenticate.ts";
import type { KerberosTicket } from "../ntlmssp/kerberos-ticket.ts";
import { Transaction } from "../transaction.ts";
import type { SmbRecord } from "./smb-record.ts";

/** What the connection agreed on; records name it. */
export interface Agreement {
  /** Of SMB 2; 0 without. */
  dialect: number;
  /** Of SMB 1; null without. */
  dialectName: Uint8Array | null;
  maxReadBytes: number;
  maxWriteBytes: number;
}

export interface HostInfo {
  readonly nativeOs: Uint8Array;
  readonly nativeLanManager: Uint8Array;
}

export class NegotiateDetail {
  readonly kind = "negotiate";
  readonly dialects: readonly Uint8Array[];
  readonly clientGuid: Uint8Array | null;
  serverGuid: Uint8Array = new Uint8Array(0);

  constructor(dialects: readonly Uint8Array[], clientGuid: Uint8Array | null) {
    this.dialects = dialects;
    this.clientGuid = clientGuid;
  }
}

export class SessionSetupDetail {
  readonly kind = "session setup";
  ntlm: NtlmAuthenticate | null = null;
  ticket: KerberosTicket | null = null;
  requestHost: HostInfo | null = null;
  responseHost: HostInfo | null = null;
}

export class TreeConnectDetail {
  readonly kind = "tree connect";
  readonly shareName: Uint8Array;
  isPipe = false;
  shareType = 0;
  /** SMB 1: what kind of share the client asked for and got. */
  requestService: Uint8Array | null = null;
  responseService: Uint8Array | null = null;

  constructor(shareName: Uint8Array) {
    this.shareName = shareName;
  }
}

export class CreateDetail {
  readonly kind = "create";
  readonly fileName: Uint8Array;
  readonly disposition: number;
  readonly deletesOnClose: boolean;
  readonly isDirectory: boolean;
  /** Seconds since 1970: created, accessed, modified, changed. */
  times: readonly [number, number, number, number] = [0, 0, 0, 0];
  sizeBytes = 0n;
  fileId: Uint8Array = new Uint8Array(0);

  constructor(fileName: Uint8Array, disposition: number, options: number) {
    this.fileName = fileName;
    this.disposition = disposition;
    this.deletesOnClose = (options & 0x1000) !== 0;
    this.isDirectory = (options & 1) !== 0;
  }
}

export interface FileDetail {
  readonly kind: "file";
  readonly fileId: Uint8Array;
  readonly fileName: Uint8Array;
  readonly shareName: Uint8Array;
  readonly transfer: FileTransfer;
}

export interface RenameDetail {
  readonly kind: "rename";
  readonly fileId: Uint8Array;
  readonly from: Uint8Array;
  readonly to: Uint8Array;
}

export interface SetInfoDetail {
  readonly kind: "set info";
  readonly fileId: Uint8Array;
  readonly fileName: Uint8Array;
  readonly subcommand: number;
  readonly level: number;
  readonly deletesOnClose: boolean;
}

export interface ControlDetail {
  readonly kind: "control";
  readonly functionCode: number;
}

export class CallDetail implements CallView {
  readonly kind = "call";
  readonly callId: number;
  /** Of a request that was not seen the type is 0, as of a call. */
  readonly requestType: number;
  readonly hasRequest: boolean;
  readonly isLittleEndian: boolean;
  readonly requestStub = new StubData();
  readonly responseStub = new StubData();
  interfaces: InterfaceTable | null;
  responseType = -1;
  contextId = 0;
  operation = 0;

  constructor(
    callId: number,
    requestType: number | null,
    isLittleEndian: boolean,
    interfaces: InterfaceTable | null,
  ) {
    this.callId = callId;
    this.hasRequest = requestType !== null;
    this.requestType = requestType ?? PduType.request;
    this.isLittleEndian = isLittleEndian;
    this.interfaces = interfaces;
  }

  get isCall(): boolean {
    return this.requestType === PduType.request;
  }
}

export type SmbDetail =
  | NegotiateDetail
  | SessionSetupDetail
  | TreeConnectDetail
  | CreateDetail
  | FileDetail
  | RenameDetail
  | SetInfoDetail
  | ControlDetail
  | CallDetail;

export class SmbTransaction extends Transaction {
  readonly version: 1 | 2;
  readonly command: number;
  readonly detail: SmbDetail | null;
  readonly agreement: Agreement;
  sessionId = 0n;
  treeId = 0;
  status = 0;
  hasStatus = false;
  isDosError = false;
  /** A transfer that lost bytes is over when nothing comes for it until then, microseconds; 0 without a loss. */
  staleAtUs = 0;

  constructor(version: 1 | 2, command: number, detail: SmbDetail | null, agreement: Agreement) {
    super();
    this.version = version;
    this.command = command;
    this.detail = detail;
    this.agreement = agreement;
  }

  get requestIsDone(): boolean {
    return this.toServerProgress >= 1;
  }

  finishRequest(): void {
    this.reach(TO_SERVER, 1);
  }

  finishResponse(): void {
    this.reach(TO_CLIENT, 1);
  }

  finish(): void {
    this.finishRequest();
    this.finishResponse();
  }

  /** Takes session and tree from a message. */
  setPlace(record: SmbRecord): void {
    this.sessionId = record.sessionId;
    this.treeId = record.treeId;
  }

  setStatus(status: number, isDosError: boolean): void {
    this.status = status;
    this.isDosError = isDosError;
    this.hasStatus = true;
  }
}
