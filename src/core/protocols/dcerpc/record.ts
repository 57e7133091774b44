/** EVE's `dcerpc`: one event a call, bind or change of context. */
import type { JsonWriter } from "../../eve/json-writer.ts";
import { TO_CLIENT, TO_SERVER } from "../direction.ts";
import { defineRecord } from "../record.ts";
import type { BoundInterface } from "./interface-table.ts";
import { PduType, pduTypeName, uuidText } from "./pdu.ts";
import type { DcerpcTransaction } from "./transaction.ts";

export const dcerpcRecord = defineRecord<DcerpcTransaction>({
  type: "dcerpc",
  summary: "A remote procedure call, or the choice of an interface.",
  fields: {
    request: "type of the request's PDU; REQUEST_LOST without one",
    "req.opnum": "number of the operation",
    "req.frag_cnt": "fragments of the request",
    "req.stub_data_size": "bytes of arguments",
    "interfaces.uuid": "interface asked for, or called",
    "interfaces.version": "its version",
    "interfaces.ack_result": "what the server said to it; 0: accepted",
    response: "type of the response's PDU; UNREPLIED without one",
    "res.frag_cnt": "fragments of the response",
    "res.stub_data_size": "bytes of results",
    call_id: "number of the call in its connection",
    rpc_version: "version of the protocol",
    activityuuid: "activity of a call over UDP",
    seqnum: "number of a call over UDP in its activity",
  },
  write(writer, transaction) {
    writer.beginObject("dcerpc");
    writeRequest(writer, transaction);
    writeResponse(writer, transaction);
    const { datagram } = transaction;
    if (datagram === null) {
      writer.number("call_id", transaction.callId);
      writer.string("rpc_version", `5.${transaction.minorVersion}`);
    } else {
      writer.string("activityuuid", uuidText(datagram.activity));
      writer.number("seqnum", datagram.sequenceNumber);
      writer.string("rpc_version", "4.0");
    }
    writer.endObject();
  },
});

function writeRequest(writer: JsonWriter, transaction: DcerpcTransaction): void {
  if (!transaction.isDone(TO_SERVER) || transaction.isLost[TO_SERVER]) {
    writer.string("request", "REQUEST_LOST");
    return;
  }
  const { requestType, interfaces, contextId, callId, requestStub } = transaction;
  writer.string("request", pduTypeName(requestType));
  if (requestType === PduType.request) {
    writer.beginObject("req");
    writer.number("opnum", transaction.operation);
    writer.number("frag_cnt", requestStub.fragmentCount);
    writer.number("stub_data_size", requestStub.totalBytes);
    writer.endObject();
    writeInterfaces(writer, interfaces?.items ?? [], (item) => item.contextId === contextId);
  } else if (requestType === PduType.bind) {
    writeInterfaces(writer, interfaces?.items ?? [], (item) => item.callId === callId);
  }
}

function writeInterfaces(
  writer: JsonWriter,
  items: readonly BoundInterface[],
  isMeant: (item: BoundInterface) => boolean,
): void {
  const meant = items.filter(isMeant);
  if (meant.length === 0) return;
  writer.beginArray("interfaces");
  for (const item of meant) {
    writer.beginObject();
    writer.string("uuid", uuidText(item.uuid));
    writer.string("version", `${item.version}.${item.minorVersion}`);
    if (item.isAnswered) writer.number("ack_result", item.result);
    writer.endObject();
  }
  writer.endArray();
}

function writeResponse(writer: JsonWriter, transaction: DcerpcTransaction): void {
  if (!transaction.isDone(TO_CLIENT) || transaction.isLost[TO_CLIENT]) {
    writer.string("response", "UNREPLIED");
    return;
  }
  const { responseType, responseStub } = transaction;
  writer.string("response", pduTypeName(responseType));
  if (responseType !== PduType.response) return;
  writer.beginObject("res");
  writer.number("frag_cnt", responseStub.fragmentCount);
  writer.number("stub_data_size", responseStub.totalBytes);
  writer.endObject();
}
