/** Probes of binary protocols over TCP. */
import { readUint16, readUint16Le, readUint32 } from "../../bytes/endian.ts";
import { TO_SERVER } from "../direction.ts";
import { ProbeResult, yesIf } from "../protocol.ts";

/** A TPKT (RFC 1006) with a connection request or confirmation of X.224. */
export function probeRdp(bytes: Uint8Array, start: number, end: number, direction: number): number {
  if (end - start < 6) return ProbeResult.needMore;
  if (bytes[start]! !== 3 || bytes[start + 1]! !== 0) return ProbeResult.no;
  return yesIf(bytes[start + 5]! >> 4 === (direction === TO_SERVER ? 0xe : 0xd));
}

const MQTT_CONNECT_ANSWER = 0x20;
const MQTT_NAME_BYTES = 10;
const MQTT_CONNECT = 0x10;

/** A client connects, by one of the names of the protocol; a server answers that (MQTT 5 §3.1, §3.2). */
export function probeMqtt(
  bytes: Uint8Array,
  start: number,
  end: number,
  direction: number,
): number {
  if (end - start < 4) return ProbeResult.needMore;
  if (direction !== TO_SERVER) return yesIf(bytes[start]! === MQTT_CONNECT_ANSWER);
  if (bytes[start]! !== MQTT_CONNECT) return ProbeResult.no;
  if (end - start < MQTT_NAME_BYTES) return ProbeResult.needMore;
  for (let at = start + 4; at < start + 8; at++) {
    // MQTT, or MQIsdp as version 3.1 has it; the length before it has one to four bytes.
    if (bytes[at] === 0x4d && bytes[at + 1] === 0x51) return ProbeResult.yes;
  }
  return ProbeResult.no;
}

/** The protocol number of the application header is 0, the length fits a message. */
export function probeModbus(bytes: Uint8Array, start: number, end: number): number {
  if (end - start < 8) return ProbeResult.needMore;
  const byteLength = readUint16(bytes, start + 4);
  return yesIf(readUint16(bytes, start + 2) === 0 && byteLength >= 2 && byteLength <= 254);
}

/** Two start bytes and a length of the data link frame. */
export function probeDnp3(bytes: Uint8Array, start: number, end: number): number {
  if (end - start < 10) return ProbeResult.needMore;
  return yesIf(bytes[start]! === 0x05 && bytes[start + 1]! === 0x64 && bytes[start + 2]! >= 5);
}

const enipCommands: ReadonlySet<number> = new Set([
  0x00, 0x04, 0x63, 0x64, 0x65, 0x66, 0x6f, 0x70, 0x72, 0x73,
]);

/** An encapsulation header: command, length, session, status, context, options that are 0. */
export function probeEnip(bytes: Uint8Array, start: number, end: number): number {
  if (end - start < 24) return ProbeResult.no;
  return yesIf(enipCommands.has(readUint16Le(bytes, start)) && readUint32(bytes, start + 20) === 0);
}

const PGSQL_SSL_REQUEST = 80_877_103;
const PGSQL_VERSION_3 = 0x0003_0000;

/** The first message of a client: its length, then a request for encryption or the version. */
export function probePgsql(
  bytes: Uint8Array,
  start: number,
  end: number,
  direction: number,
): number {
  if (direction !== TO_SERVER) return ProbeResult.no;
  if (end - start < 8) return ProbeResult.needMore;
  const code = readUint32(bytes, start + 4);
  return yesIf(code === PGSQL_SSL_REQUEST || code === PGSQL_VERSION_3);
}
