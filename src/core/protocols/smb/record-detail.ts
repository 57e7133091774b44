/** The fields of `smb` that are special to a kind of transaction. */
import type { JsonWriter } from "../../eve/json-writer.ts";
import { PduType, pduTypeName, uuidText } from "../dcerpc/pdu.ts";
import { textOf } from "../lossy-text.ts";
import { ntlmVersionText } from "../ntlmssp/authenticate.ts";
import { controlName } from "./smb2-commands.ts";
import type {
  CallDetail,
  CreateDetail,
  FileDetail,
  HostInfo,
  NegotiateDetail,
  RenameDetail,
  SessionSetupDetail,
  SetInfoDetail,
  SmbDetail,
  SmbTransaction,
  TreeConnectDetail,
} from "./transaction.ts";

const DISPOSITIONS = [
  "FILE_SUPERSEDE",
  "FILE_OPEN",
  "FILE_CREATE",
  "FILE_OPEN_IF",
  "FILE_OVERWRITE",
  "FILE_OVERWRITE_IF",
];
const SHARE_TYPES = ["UNKNOWN", "FILE", "PIPE", "PRINT"];
/** How records call the root of a share. */
const SHARE_ROOT = "<share_root>";

export function writeDetail(
  writer: JsonWriter,
  transaction: SmbTransaction,
  detail: SmbDetail,
): void {
  const { kind } = detail;
  if (kind === "negotiate") writeNegotiate(writer, transaction, detail);
  else if (kind === "session setup") writeSessionSetup(writer, detail);
  else if (kind === "tree connect") writeTreeConnect(writer, transaction, detail);
  else if (kind === "create") writeCreate(writer, detail);
  else if (kind === "file") writeFile(writer, detail);
  else if (kind === "rename") writeRename(writer, transaction, detail);
  else if (kind === "set info") writeSetInfo(writer, detail);
  else if (kind === "control") writer.string("function", controlName(detail.functionCode));
  else writeCall(writer, detail);
}

function writeFile(writer: JsonWriter, detail: FileDetail): void {
  writer.string("filename", textOf(detail.fileName));
  writer.string("share", textOf(detail.shareName));
  writer.string("fuid", fileIdText(detail.fileId));
}

function writeRename(writer: JsonWriter, { version }: SmbTransaction, detail: RenameDetail): void {
  if (version === 2) {
    writer.beginObject("set_info");
    writer.string("class", "FILE_INFO");
    writer.string("info_level", "SMB2_FILE_RENAME_INFO");
    writer.endObject();
  }
  writer.beginObject("rename");
  writer.string("from", textOf(detail.from));
  writer.string("to", textOf(detail.to));
  writer.endObject();
  writer.string("fuid", fileIdText(detail.fileId));
}

function writeNegotiate(
  writer: JsonWriter,
  { agreement }: SmbTransaction,
  detail: NegotiateDetail,
): void {
  writer.beginArray("client_dialects");
  for (const dialect of detail.dialects) writer.stringItem(textOf(dialect));
  writer.endArray();
  if (detail.clientGuid !== null) writer.string("client_guid", guidText(detail.clientGuid));
  writer.string("server_guid", guidText(detail.serverGuid));
  if (agreement.maxReadBytes > 0) writer.number("max_read_size", agreement.maxReadBytes);
  if (agreement.maxWriteBytes > 0) writer.number("max_write_size", agreement.maxWriteBytes);
}

function writeSessionSetup(writer: JsonWriter, detail: SessionSetupDetail): void {
  const { ntlm, ticket } = detail;
  if (ntlm !== null) {
    writer.beginObject("ntlmssp");
    writer.string("domain", textOf(ntlm.domain));
    writer.string("user", textOf(ntlm.user));
    writer.string("host", textOf(ntlm.host));
    if (ntlm.version !== null) writer.string("version", ntlmVersionText(ntlm.version));
    if (ntlm.isUnusual) writer.boolean("warning", true);
    writer.endObject();
  }
  if (ticket !== null) {
    writer.beginObject("kerberos");
    writer.string("realm", textOf(ticket.realm));
    writer.beginArray("snames");
    for (const name of ticket.serviceNames) writer.stringItem(textOf(name));
    writer.endArray();
    writer.endObject();
  }
  writeHost(writer, "request", detail.requestHost);
  writeHost(writer, "response", detail.responseHost);
}

function writeHost(writer: JsonWriter, name: string, host: HostInfo | null): void {
  if (host === null) return;
  writer.beginObject(name);
  writer.string("native_os", textOf(host.nativeOs));
  writer.string("native_lm", textOf(host.nativeLanManager));
  writer.endObject();
}

function writeTreeConnect(
  writer: JsonWriter,
  { version }: SmbTransaction,
  detail: TreeConnectDetail,
): void {
  writer.string(detail.isPipe ? "named_pipe" : "share", textOf(detail.shareName));
  if (version === 2) {
    writer.string("share_type", SHARE_TYPES[detail.shareType] ?? "UNKNOWN");
    return;
  }
  const { requestService, responseService } = detail;
  writer.beginObject("service");
  if (requestService !== null) writer.string("request", textOf(requestService));
  if (responseService !== null) writer.string("response", textOf(responseService));
  writer.endObject();
}

function writeCreate(writer: JsonWriter, detail: CreateDetail): void {
  const { fileName } = detail;
  if (fileName.length === 0) writer.string("filename", SHARE_ROOT);
  else writer.string(detail.isDirectory ? "directory" : "filename", textOf(fileName));
  writer.string("disposition", DISPOSITIONS[detail.disposition] ?? "UNKNOWN");
  writer.string("access", detail.deletesOnClose ? "delete on close" : "normal");
  const [created, accessed, modified, changed] = detail.times;
  writer.number("created", created);
  writer.number("accessed", accessed);
  writer.number("modified", modified);
  writer.number("changed", changed);
  writer.number("size", detail.sizeBytes);
  writer.string("fuid", fileIdText(detail.fileId));
}

function writeSetInfo(writer: JsonWriter, detail: SetInfoDetail): void {
  const { fileName, subcommand, level } = detail;
  writer.string("filename", fileName.length === 0 ? SHARE_ROOT : textOf(fileName));
  writer.string("access", detail.deletesOnClose ? "delete on close" : "normal");
  if (subcommand === 8) writer.string("subcmd", "SET_FILE_INFO");
  if (subcommand === 6) writer.string("subcmd", "SET_PATH_INFO");
  if (level === 1013) writer.string("level_of_interest", "Set Disposition Information");
  writer.string("fuid", fileIdText(detail.fileId));
}

function writeCall(writer: JsonWriter, detail: CallDetail): void {
  const { hasRequest, requestType, responseType } = detail;
  writer.beginObject("dcerpc");
  writer.string("request", hasRequest ? pduTypeName(requestType) : "REQUEST_LOST");
  writer.string("response", responseType < 0 ? "UNREPLIED" : pduTypeName(responseType));
  if (hasRequest && requestType === PduType.request) {
    writer.number("opnum", detail.operation);
    writer.beginObject("req");
    writer.number("frag_cnt", detail.requestStub.fragmentCount);
    writer.number("stub_data_size", detail.requestStub.totalBytes);
    writer.endObject();
    writeInterfaces(writer, detail, false);
  } else if (hasRequest && requestType === PduType.bind) writeInterfaces(writer, detail, true);
  if (responseType === PduType.response) {
    writer.beginObject("res");
    writer.number("frag_cnt", detail.responseStub.fragmentCount);
    writer.number("stub_data_size", detail.responseStub.totalBytes);
    writer.endObject();
  }
  writer.number("call_id", detail.callId);
  writer.endObject();
}

/** Of a call the interface of its context, of a bind all, with the server's answer. */
function writeInterfaces(writer: JsonWriter, detail: CallDetail, isBind: boolean): void {
  const items = detail.interfaces?.items ?? [];
  const meant = isBind ? items : items.filter(({ contextId }) => contextId === detail.contextId);
  if (meant.length === 0) return;
  writer.beginArray("interfaces");
  for (const item of meant) {
    writer.beginObject();
    writer.string("uuid", uuidText(item.uuid));
    writer.string("version", `${item.version}.${item.minorVersion}`);
    if (isBind && item.isAnswered) {
      writer.number("ack_result", item.result);
      writer.number("ack_reason", item.reason);
    }
    writer.endObject();
  }
  writer.endArray();
}

/** The id of an open file: 16 bytes of SMB 2, or 2 of SMB 1 (with the session's behind them in tables). */
function fileIdText(fileId: Uint8Array): string {
  if (fileId.length === 16) return guidText(fileId);
  if (fileId.length !== 2 && fileId.length !== 6) return "";
  return hexByte(fileId[1]!) + hexByte(fileId[0]!);
}

const GUID_ORDER = [3, 2, 1, 0, -1, 5, 4, -1, 7, 6, -1, 9, 8, -1, 11, 10, 15, 14, 13, 12];

/** Sixteen bytes in the order in which Suricata writes them. */
function guidText(guid: Uint8Array): string {
  if (guid.length !== 16) return "";
  return GUID_ORDER.map((place) => (place < 0 ? "-" : hexByte(guid[place]!))).join("");
}

function hexByte(byte: number): string {
  return byte.toString(16).padStart(2, "0");
}
