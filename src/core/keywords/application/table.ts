/**
 * The keywords of application protocols whose parsers are not there yet: one row a keyword, grouped by protocol.
 * A row leaves when the protocol's own keyword file comes. A data table only.
 */
import type { ProtocolValue } from "../families/protocol-keyword.ts";

export interface ProtocolKeywordRow {
  readonly name: string;
  readonly aliases?: readonly string[];
  readonly value: ProtocolValue;
  /** First Suricata version where it is later than 7.0. */
  readonly since?: string;
  readonly example?: string;
}

export interface ProtocolKeywordGroup {
  readonly family: string;
  readonly protocols: readonly string[];
  readonly keywords: readonly ProtocolKeywordRow[];
}

export const protocolKeywordTable: readonly ProtocolKeywordGroup[] = [
  {
    family: "dhcp",
    protocols: ["dhcp"],
    keywords: [
      { name: "dhcp.leasetime", value: "u64" },
      { name: "dhcp.rebinding_time", value: "u64" },
      { name: "dhcp.renewal_time", value: "u64" },
    ],
  },
  {
    family: "dnp3",
    protocols: ["dnp3"],
    keywords: [
      { name: "dnp3.data", aliases: ["dnp3_data"], value: "buffer" },
      { name: "dnp3_func", aliases: ["dnp3.func"], value: "text", example: "read" },
      { name: "dnp3_ind", aliases: ["dnp3.ind"], value: "text", example: "device_restart" },
      { name: "dnp3_obj", aliases: ["dnp3.obj"], value: "text", example: "99,99" },
    ],
  },
  {
    family: "enip/cip",
    protocols: ["enip"],
    keywords: [
      { name: "cip_service", value: "text", example: "75" },
      { name: "enip.capabilities", value: "u16", since: "8.0.0" },
      { name: "enip.cip_attribute", value: "u32", since: "8.0.0" },
      { name: "enip.cip_class", value: "u32", since: "8.0.0" },
      { name: "enip.cip_extendedstatus", value: "u16", since: "8.0.0" },
      { name: "enip.cip_instance", value: "u32", since: "8.0.0" },
      { name: "enip.cip_status", value: "u8", since: "8.0.0" },
      { name: "enip.device_type", value: "u16", since: "8.0.0" },
      { name: "enip.identity_status", value: "u16", since: "8.0.0" },
      { name: "enip.product_code", value: "u16", since: "8.0.0" },
      { name: "enip.product_name", value: "buffer", since: "8.0.0" },
      { name: "enip.protocol_version", value: "u16", since: "8.0.0" },
      { name: "enip.revision", value: "u16", since: "8.0.0" },
      { name: "enip.serial", value: "u32", since: "8.0.0" },
      { name: "enip.service_name", value: "buffer", since: "8.0.0" },
      { name: "enip.state", value: "u8", since: "8.0.0" },
      { name: "enip.status", value: "text", since: "8.0.0", example: "success" },
      { name: "enip.vendor_id", value: "u16", since: "8.0.0" },
      { name: "enip_command", value: "text", example: "nop" },
    ],
  },
  {
    family: "ike",
    protocols: ["ike"],
    keywords: [
      { name: "ike.chosen_sa_attribute", value: "text", example: "alg_enc=2" },
      { name: "ike.exchtype", value: "u8" },
      { name: "ike.init_spi", value: "buffer" },
      { name: "ike.key_exchange_payload", value: "buffer" },
      { name: "ike.key_exchange_payload_length", value: "u32" },
      { name: "ike.nonce_payload", value: "buffer" },
      { name: "ike.nonce_payload_length", value: "u32" },
      { name: "ike.resp_spi", value: "buffer" },
      { name: "ike.vendor", value: "buffer" },
    ],
  },
  {
    family: "krb5",
    protocols: ["krb5"],
    keywords: [
      { name: "krb5.cname", aliases: ["krb5_cname"], value: "buffer" },
      { name: "krb5.sname", aliases: ["krb5_sname"], value: "buffer" },
      { name: "krb5.ticket_encryption", value: "text", example: "weak" },
      { name: "krb5_err_code", value: "text" },
      { name: "krb5_msg_type", value: "text" },
    ],
  },
  {
    family: "ldap",
    protocols: ["ldap"],
    keywords: [
      { name: "ldap.request.attribute_type", value: "buffer", since: "8.0.0" },
      { name: "ldap.request.dn", value: "buffer", since: "8.0.0" },
      { name: "ldap.request.operation", value: "text", since: "8.0.0", example: "bind_request" },
      { name: "ldap.responses.attribute_type", value: "buffer", since: "8.0.0" },
      { name: "ldap.responses.count", value: "u32", since: "8.0.0" },
      { name: "ldap.responses.dn", value: "buffer", since: "8.0.0" },
      { name: "ldap.responses.message", value: "buffer", since: "8.0.0" },
      {
        name: "ldap.responses.operation",
        value: "text",
        since: "8.0.0",
        example: "bind_response,any",
      },
      { name: "ldap.responses.result_code", value: "text", since: "8.0.0", example: "success" },
    ],
  },
  {
    family: "modbus",
    protocols: ["modbus"],
    keywords: [{ name: "modbus", value: "text", example: "function 3" }],
  },
  {
    family: "mqtt",
    protocols: ["mqtt"],
    keywords: [
      { name: "mqtt.connack.session_present", value: "text", example: "yes" },
      { name: "mqtt.connect.clientid", value: "buffer" },
      { name: "mqtt.connect.flags", value: "text", example: "username,!will" },
      { name: "mqtt.connect.password", value: "buffer" },
      { name: "mqtt.connect.protocol_string", value: "buffer", since: "8.0.0" },
      { name: "mqtt.connect.username", value: "buffer" },
      { name: "mqtt.connect.willmessage", value: "buffer" },
      { name: "mqtt.connect.willtopic", value: "buffer" },
      { name: "mqtt.flags", value: "text", example: "retain" },
      { name: "mqtt.protocol_version", value: "u8" },
      { name: "mqtt.publish.message", value: "buffer" },
      { name: "mqtt.publish.topic", value: "buffer" },
      { name: "mqtt.qos", value: "u8" },
      { name: "mqtt.reason_code", aliases: ["mqtt.connack.return_code"], value: "u8" },
      { name: "mqtt.subscribe.topic", value: "buffer" },
      { name: "mqtt.type", value: "text", example: "PUBLISH" },
      { name: "mqtt.unsubscribe.topic", value: "buffer" },
    ],
  },
  {
    family: "ntp",
    protocols: ["ntp"],
    keywords: [
      { name: "ntp.mode", value: "text", since: "8.0.x", example: "client" },
      { name: "ntp.reference_id", value: "buffer", since: "8.0.x" },
      { name: "ntp.stratum", value: "u8", since: "8.0.x" },
      { name: "ntp.version", value: "u8", since: "8.0.x" },
    ],
  },
  {
    family: "pgsql",
    protocols: ["pgsql"],
    keywords: [{ name: "pgsql.query", value: "buffer", since: "8.0.0" }],
  },
  {
    family: "quic",
    protocols: ["quic"],
    keywords: [
      { name: "quic.cyu.hash", value: "buffer" },
      { name: "quic.cyu.string", value: "buffer" },
      { name: "quic.sni", value: "buffer" },
      { name: "quic.ua", value: "buffer" },
      { name: "quic.version", value: "buffer" },
    ],
  },
  {
    family: "rfb",
    protocols: ["rfb"],
    keywords: [
      { name: "rfb.name", value: "buffer" },
      { name: "rfb.secresult", value: "text", example: "fail" },
      { name: "rfb.sectype", value: "u32" },
    ],
  },
  {
    family: "sdp",
    protocols: ["sip"],
    keywords: [
      { name: "sdp.attribute", value: "buffer", since: "8.0.0" },
      { name: "sdp.bandwidth", value: "buffer", since: "8.0.0" },
      { name: "sdp.connection_data", value: "buffer", since: "8.0.0" },
      { name: "sdp.email", value: "buffer", since: "8.0.0" },
      { name: "sdp.encryption_key", value: "buffer", since: "8.0.0" },
      { name: "sdp.media.connection_data", value: "buffer", since: "8.0.0" },
      { name: "sdp.media.encryption_key", value: "buffer", since: "8.0.0" },
      { name: "sdp.media.media", value: "buffer", since: "8.0.0" },
      { name: "sdp.media.media_info", value: "buffer", since: "8.0.0" },
      { name: "sdp.origin", value: "buffer", since: "8.0.0" },
      { name: "sdp.phone_number", value: "buffer", since: "8.0.0" },
      { name: "sdp.repeat_time", value: "buffer", since: "8.0.0" },
      { name: "sdp.session_info", value: "buffer", since: "8.0.0" },
      { name: "sdp.session_name", value: "buffer", since: "8.0.0" },
      { name: "sdp.time", value: "buffer", since: "8.0.0" },
      { name: "sdp.timezone", value: "buffer", since: "8.0.0" },
      { name: "sdp.uri", value: "buffer", since: "8.0.0" },
    ],
  },
  {
    family: "sip",
    protocols: ["sip"],
    keywords: [
      { name: "sip.content_length", value: "buffer", since: "8.0.0" },
      { name: "sip.content_type", value: "buffer", since: "8.0.0" },
      { name: "sip.from", value: "buffer", since: "8.0.0" },
      { name: "sip.method", value: "buffer" },
      { name: "sip.protocol", value: "buffer" },
      { name: "sip.request_line", value: "buffer" },
      { name: "sip.response_line", value: "buffer" },
      { name: "sip.stat_code", value: "buffer" },
      { name: "sip.stat_msg", value: "buffer" },
      { name: "sip.to", value: "buffer", since: "8.0.0" },
      { name: "sip.uri", value: "buffer" },
      { name: "sip.user_agent", value: "buffer", since: "8.0.0" },
      { name: "sip.via", value: "buffer", since: "8.0.0" },
    ],
  },
  {
    family: "snmp",
    protocols: ["snmp"],
    keywords: [
      { name: "snmp.community", value: "buffer" },
      { name: "snmp.pdu_type", value: "text", example: "1" },
      { name: "snmp.trap_type", value: "text", since: "8.0.x", example: "linkdown" },
      { name: "snmp.usm", value: "buffer" },
      { name: "snmp.version", value: "u32" },
    ],
  },
  {
    family: "ssh",
    protocols: ["ssh"],
    keywords: [
      { name: "ssh.protoversion", value: "removed" },
      { name: "ssh.softwareversion", value: "removed" },
    ],
  },
  {
    family: "template",
    protocols: ["template"],
    keywords: [{ name: "template.buffer", value: "buffer" }],
  },
  {
    family: "websocket",
    protocols: ["websocket"],
    keywords: [
      { name: "websocket.flags", value: "text", since: "8.0.0", example: "fin,!comp" },
      { name: "websocket.mask", value: "u32", since: "8.0.0" },
      { name: "websocket.opcode", value: "text", since: "8.0.0", example: "text" },
      { name: "websocket.payload", value: "buffer", since: "8.0.0" },
    ],
  },
];
