import { expect, test } from "vitest";
import { latin1ToBytes } from "../../../../src/core/bytes/latin1.ts";
import { ProtocolDetector } from "../../../../src/core/protocols/detection.ts";
import { protocols } from "../../../../src/core/protocols/index.ts";
import { ProtocolRegistry } from "../../../../src/core/protocols/registry.ts";
import { defaultSettings } from "../../../../src/core/protocols/settings.ts";

const TCP = 6;
const UDP = 17;
const registry = new ProtocolRegistry(protocols, () => defaultSettings);
const detector = new ProtocolDetector(registry);

function recognise(transport: number, direction: number, port: number, text: string): string {
  const bytes = latin1ToBytes(text);
  const id = detector.find(transport, direction, port, 40_000, bytes, 0, bytes.length);
  return registry.of(id)?.declaration.name ?? `${id}`;
}

const ntp = `\x23${"\0".repeat(47)}`;
const dhcp = `\x01${"\0".repeat(235)}\x63\x82\x53\x63`;
const ike = `${"\x01".repeat(16)}\x21\x20\x22\x08${"\0".repeat(8)}`;
const nfsCall = `\0\0\0\x01\0\0\0\0\0\0\0\x02\0\x01\x86\xa3\0\0\0\x03${"\0".repeat(28)}`;

test.each([
  ["bittorrent-dht", UDP, 0, 6881, "d1:ad2:id20:aaaaaaaaaaaaaaaaaaaae"],
  ["dhcp", UDP, 0, 67, dhcp],
  ["ike", UDP, 0, 500, ike],
  ["imap", TCP, 1, 143, "* OK ready\r\n"],
  ["imap", TCP, 0, 143, "a1 CAPABILITY\r\n"],
  ["krb5", UDP, 0, 88, "\x6a\x0b\x30\x09\xa1\x03\x02\x01\x05\xa2\x03\x02\x01"],
  ["ldap", TCP, 0, 389, "\x30\x0c\x02\x01\x01\x60\x07\x02\x01\x03\x04\0\x80\0"],
  ["mqtt", TCP, 0, 1883, "\x10\x0c\0\x04MQTT\x04\x02\0\x3c\0\0"],
  ["nfs", UDP, 0, 2049, nfsCall],
  ["nfs", TCP, 0, 2049, `\x80\0\0\x30${nfsCall}`],
  ["ntp", UDP, 0, 123, ntp],
  ["pop3", TCP, 1, 110, "+OK ready\r\n"],
  ["quic", UDP, 0, 443, "\xc0\0\0\0\x01\x04abcd\0\0"],
  ["rdp", TCP, 0, 3389, "\x03\0\0\x0b\x06\xe0\0\0\0\0\0"],
  ["rfb", TCP, 1, 6900, "RFB 003.008\n"],
  ["sip", TCP, 0, 5060, "OPTIONS sip:a@b SIP/2.0\r\n"],
  ["http1", TCP, 0, 80, "OPTIONS * HTTP/1.1\r\n\r\n"],
  ["snmp", UDP, 0, 161, "\x30\x0a\x02\x01\x01\x04\x06public"],
  ["telnet", TCP, 1, 23, "\xff\xfd\x18"],
  ["tftp", UDP, 0, 69, "\0\x01a\0octet\0"],
])("%s is recognised by its first data", (name, transport, direction, port, text) => {
  expect(recognise(transport, direction, port, text)).toBe(name);
});

test("SOCKS and Cassandra are not taken for DCERPC by their version, unless nothing else is there", () => {
  expect(recognise(TCP, 1, 1080, "\x05\0")).toBe("dcerpc");
  expect(recognise(TCP, 0, 9042, "\x05\0\0\0\x05\0\0\0\0")).toBe("-1");
});

test("only a client of SMB may begin with a message of NetBIOS", () => {
  const smb = `\0\0\0\x20\xffSMBr${"\0".repeat(4)}\x80${"\0".repeat(22)}`;
  expect(recognise(TCP, 0, 139, `\x81\0\0\0${smb.replace("\x80", "\0")}`)).toBe("smb");
  expect(recognise(TCP, 1, 139, `\x82\0\0\0${smb}`)).toBe("0");
  expect(recognise(TCP, 1, 139, smb)).toBe("smb");
});

test("MQTT is looked for at its port, in both directions", () => {
  expect(recognise(TCP, 0, 17_501, "\x10\x0c\0\x04MQTT\x04\x02\0\x3c\0\0")).toBe("-1");
  expect(recognise(TCP, 1, 1883, "\x20\x02\0\0")).toBe("mqtt");
});

test("a probe is not asked for other ports, nor for the port of a client", () => {
  expect(recognise(UDP, 0, 1123, ntp)).toBe("0");
  const bytes = latin1ToBytes(ntp);
  expect(detector.find(UDP, 0, 40_000, 123, bytes, 0, bytes.length)).toBe(0);
});

test("what the stock configuration has off is named and not looked for", () => {
  for (const name of ["dnp3", "enip", "modbus", "pgsql"]) {
    expect(registry.named(name)?.mode).toBe("no");
  }
});
