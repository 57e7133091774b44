/**
 * Packets of the office, hundreds of thousands of them: the builders of test/support/packets make the headers once, the
 * rest is written over them. The bytes are those that the builders alone would make.
 */
import {
  ethernet,
  ipv4,
  ipv4Address,
  type Payload,
  payloadBytes,
  tcp,
  udp,
} from "../../support/packets/index.ts";

const IP = 14;
const TRANSPORT = 34;
const PACKET_BYTES_MAX = 65_600;
const FLAGS = "FSRPAUEC";

export interface Ways {
  readonly source: string;
  readonly destination: string;
  readonly sourcePort: number;
  readonly destinationPort: number;
}

const tcpHeaders = tcp({ flags: "" }).over(ipv4({ dontFragment: true }).over(ethernet()));
const udpHeaders = udp().over(ipv4().over(ethernet()));
const addresses = new Map<string, Uint8Array>();

/** Where packets are made: one at a time. */
const scratch = new Uint8Array(PACKET_BYTES_MAX);
const view = new DataView(scratch.buffer);

/** Valid until the next packet is made. */
export function tcpPacket(
  ways: Ways,
  flags: string,
  numbers: { readonly seq: number; readonly ack: number },
  payload: Payload,
): Uint8Array {
  const end = begin(tcpHeaders, ways, payload);
  view.setUint32(TRANSPORT + 4, numbers.seq);
  view.setUint32(TRANSPORT + 8, numbers.ack);
  let bits = 0;
  for (const flag of flags) bits |= 1 << FLAGS.indexOf(flag);
  scratch[TRANSPORT + 13] = bits;
  sign(TRANSPORT + 16, 6, end);
  return scratch.subarray(0, end);
}

/** Valid until the next packet is made. */
export function datagramPacket(ways: Ways, payload: Payload): Uint8Array {
  const end = begin(udpHeaders, ways, payload);
  view.setUint16(TRANSPORT + 4, end - TRANSPORT);
  const at = TRANSPORT + 6;
  sign(at, 17, end);
  if (view.getUint16(at) === 0) view.setUint16(at, 0xffff);
  return scratch.subarray(0, end);
}

/** Headers with length, addresses and ports, and the payload; returns the end. */
function begin(headers: Uint8Array, ways: Ways, payload: Payload): number {
  const bytes = payloadBytes(payload);
  scratch.set(headers);
  scratch.set(bytes, headers.length);
  const end = headers.length + bytes.length;
  view.setUint16(IP + 2, end - IP);
  scratch.set(addressOf(ways.source), IP + 12);
  scratch.set(addressOf(ways.destination), IP + 16);
  view.setUint16(TRANSPORT, ways.sourcePort);
  view.setUint16(TRANSPORT + 2, ways.destinationPort);
  return end;
}

function addressOf(text: string): Uint8Array {
  const known = addresses.get(text);
  if (known !== undefined) return known;
  const address = ipv4Address(text);
  addresses.set(text, address);
  return address;
}

/** The checksums of both headers. */
function sign(at: number, protocol: number, end: number): void {
  view.setUint16(IP + 10, 0);
  view.setUint16(IP + 10, checksum(IP, TRANSPORT, 0));
  view.setUint16(at, 0);
  let pseudo = protocol + end - TRANSPORT;
  for (let offset = IP + 12; offset < IP + 20; offset += 2) pseudo += view.getUint16(offset);
  view.setUint16(at, checksum(TRANSPORT, end, pseudo));
}

/** Four bytes at a time: sums of 32 bits fold to the same. */
function checksum(start: number, end: number, initial: number): number {
  let sum = initial;
  let offset = start;
  for (; offset + 4 <= end; offset += 4) sum += view.getUint32(offset);
  for (; offset + 2 <= end; offset += 2) sum += view.getUint16(offset);
  if (offset < end) sum += scratch[offset]! << 8;
  while (sum > 0xffff) sum = (sum % 0x10000) + Math.floor(sum / 0x10000);
  return ~sum & 0xffff;
}
