/**
 * Events of SMB; a code is the place in the list. Some are names that rules may have and are never raised, as in
 * Suricata: internal_error (of a count that cannot be wrong), record_overflow (records are taken as they come, however
 * long), malformed_ntlmssp_request and _response (a logon that cannot be read leaves its names out of the event),
 * unusual_nt_create.
 */

export const smbEventNames = [
  "internal_error",
  "malformed_data",
  "record_overflow",
  "malformed_ntlmssp_request",
  "unusual_ntlmssp_order",
  "malformed_ntlmssp_response",
  "duplicate_negotiate",
  "negotiate_malformed_dialects",
  "file_overlap",
  "request_to_client",
  "response_to_server",
  "negotiate_max_read_size_too_large",
  "negotiate_max_write_size_too_large",
  "read_request_too_large",
  "read_response_too_large",
  "read_queue_size_exceeded",
  "read_queue_cnt_exceeded",
  "write_request_too_large",
  "write_queue_size_exceeded",
  "write_queue_cnt_exceeded",
  "unusual_nt_create",
  "too_many_transactions",
] as const;

function code(name: (typeof smbEventNames)[number]): number {
  return smbEventNames.indexOf(name);
}

export const SmbEvent = {
  malformedData: code("malformed_data"),
  unusualNtlmsspOrder: code("unusual_ntlmssp_order"),
  duplicateNegotiate: code("duplicate_negotiate"),
  negotiateMalformedDialects: code("negotiate_malformed_dialects"),
  fileOverlap: code("file_overlap"),
  requestToClient: code("request_to_client"),
  responseToServer: code("response_to_server"),
  negotiateMaxReadSizeTooLarge: code("negotiate_max_read_size_too_large"),
  negotiateMaxWriteSizeTooLarge: code("negotiate_max_write_size_too_large"),
  readRequestTooLarge: code("read_request_too_large"),
  readResponseTooLarge: code("read_response_too_large"),
  readQueueSizeExceeded: code("read_queue_size_exceeded"),
  readQueueCountExceeded: code("read_queue_cnt_exceeded"),
  writeRequestTooLarge: code("write_request_too_large"),
  writeQueueSizeExceeded: code("write_queue_size_exceeded"),
  writeQueueCountExceeded: code("write_queue_cnt_exceeded"),
  tooManyTransactions: code("too_many_transactions"),
} as const;
