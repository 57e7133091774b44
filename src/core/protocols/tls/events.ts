/**
 * Events of TLS, by their names in rules; a code is a place in the list. As in Suricata, some are never raised:
 * heartbeat_message (a good heartbeat is no event), invalid_tls_header (each thing that can be wrong with a header has
 * an event of its own), and certificate_invalid_subject, _issuer and _validity (what is wrong with them is found as
 * certificate_invalid_x509name and _date).
 */

export const tlsEventNames = [
  "invalid_sslv2_header",
  "invalid_tls_header",
  "invalid_record_version",
  "invalid_record_type",
  "invalid_record_length",
  "invalid_handshake_message",
  "heartbeat_message",
  "invalid_heartbeat_message",
  "overflow_heartbeat_message",
  "dataleak_heartbeat_mismatch",
  "handshake_invalid_length",
  "multiple_sni_extensions",
  "invalid_sni_type",
  "invalid_sni_length",
  "too_many_records_in_packet",
  "invalid_alert_message",
  "invalid_certificate",
  "certificate_invalid_length",
  "certificate_invalid_version",
  "certificate_invalid_serial",
  "certificate_invalid_algorithmidentifier",
  "certificate_invalid_x509name",
  "certificate_invalid_date",
  "certificate_invalid_extensions",
  "certificate_invalid_der",
  "certificate_invalid_subject",
  "certificate_invalid_issuer",
  "certificate_invalid_validity",
  "error_message_encountered",
  "invalid_ssl_record",
  "too_many_subject_alternative_names",
] as const;

/** Of an older reader of certificates. */
export const outdatedTlsEvents: readonly string[] = [
  "certificate_missing_element",
  "certificate_unknown_element",
  "certificate_invalid_string",
];

export type TlsEventName = (typeof tlsEventNames)[number];

export function tlsEventCode(name: TlsEventName): number {
  return tlsEventNames.indexOf(name);
}
