/**
 * The events of HTTP/1, by Suricata's names; a code is the place in the list. Some are names from before the parser
 * that Suricata has today, which never raises them, and neither does this one: unknown_error,
 * invalid_transfer_encoding_value_in_response, invalid_server_port_in_request, invalid_authority_port,
 * response_header_invalid, request_line_invalid, request_server_port_tcp_port_mismatch; and multipart_generic_error
 * told of an offset that cannot be.
 */
export const httpEventNames = [
  "unknown_error",
  "gzip_decompression_failed",
  "request_field_missing_colon",
  "response_field_missing_colon",
  "invalid_request_chunk_len",
  "invalid_response_chunk_len",
  "invalid_transfer_encoding_value_in_request",
  "invalid_transfer_encoding_value_in_response",
  "invalid_content_length_field_in_request",
  "invalid_content_length_field_in_response",
  "duplicate_content_length_field_in_request",
  "duplicate_content_length_field_in_response",
  "100_continue_already_seen",
  "unable_to_match_response_to_request",
  "invalid_server_port_in_request",
  "invalid_authority_port",
  "request_header_invalid",
  "response_header_invalid",
  "missing_host_header",
  "host_header_ambiguous",
  "invalid_request_field_folding",
  "invalid_response_field_folding",
  "request_field_too_long",
  "response_field_too_long",
  "request_line_invalid",
  "request_body_unexpected",
  "request_server_port_tcp_port_mismatch",
  "request_uri_host_invalid",
  "request_header_host_invalid",
  "method_delim_non_compliant",
  "uri_delim_non_compliant",
  "request_line_leading_whitespace",
  "too_many_encoding_layers",
  "request_too_many_headers",
  "response_too_many_headers",
  "abnormal_ce_header",
  "request_auth_unrecognized",
  "request_header_repetition",
  "response_header_repetition",
  "response_multipart_byteranges",
  "response_abnormal_transfer_encoding",
  "response_chunked_old_proto",
  "response_invalid_protocol",
  "response_invalid_status",
  "request_line_incomplete",
  "double_encoded_uri",
  "lzma_memlimit_reached",
  "compression_bomb",
  "compression_bomb_limit_reached",
  "multipart_generic_error",
  "multipart_no_filedata",
  "multipart_invalid_header",
  "too_many_warnings",
  "range_invalid",
  "file_name_too_long",
  "failed_protocol_change",
  "request_chunk_extension",
  "response_chunk_extension",
  "request_line_missing_protocol",
  "response_body_unexpected",
  "content_length_extra_data_start",
  "content_length_extra_data_end",
  "switching_proto_with_content_length",
  "request_line_unknown_method",
  "request_line_unknown_method_no_protocol",
  "request_line_unknown_method_invalid_protocol",
  "request_invalid_empty_name",
  "response_invalid_empty_name",
  "request_invalid_lws_after_name",
  "response_invalid_lws_after_name",
  "response_header_name_not_token",
  "invalid_gap",
] as const;

export type HttpEventName = (typeof httpEventNames)[number];

/** Events of one connection; when there are so many, one more tells it and the others are left out. */
export const CONNECTION_EVENTS_MAX = 512;

/** How many events a connection had. */
export class EventCount {
  events = 0;
}

const codes: ReadonlyMap<string, number> = new Map(
  httpEventNames.map((name, index) => [name, index]),
);

export function httpEvent(name: HttpEventName): number {
  return codes.get(name) ?? 0;
}
