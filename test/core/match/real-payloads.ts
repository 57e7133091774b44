/**
 * Payloads of TCP and UDP over Ethernet and IPv4 from classic pcap files: real bytes to search in.
 * Anything else is skipped; the product's own decoders are src/core/pcap and src/core/layers.
 */
import fs from "node:fs";
import path from "node:path";

export const capturesFolder = path.resolve("../shared/corpus/pcaps");

export interface RealPayloads {
  readonly tcp: Uint8Array[];
  readonly udp: Uint8Array[];
  /** Query names and request targets found among the payloads. */
  readonly dnsNames: Uint8Array[];
  readonly uris: Uint8Array[];
}

/**
 * Reads captures in the order of their names until `limitBytes` of payload are gathered; nothing
 * when absent.
 */
export function readPayloads(folder: string, limitBytes: number): RealPayloads {
  const payloads: RealPayloads = { tcp: [], udp: [], dnsNames: [], uris: [] };
  let total = 0;
  for (const file of captureFiles(folder)) {
    if (total >= limitBytes) break;
    if (fs.statSync(file).size > 4 << 20) continue;
    const bytes = fs.readFileSync(file);
    if (bytes.length < 24 || bytes.readUInt32LE(0) !== 0xa1b2c3d4) continue;
    if (bytes.readUInt32LE(20) !== 1) continue;
    for (let at = 24; at + 16 <= bytes.length; ) {
      const length = bytes.readUInt32LE(at + 8);
      total += readPacket(bytes.subarray(at + 16, at + 16 + length), payloads);
      at += 16 + length;
    }
  }
  return payloads;
}

function captureFiles(folder: string): string[] {
  if (!fs.existsSync(folder)) return [];
  const names = fs.readdirSync(folder, { recursive: true, encoding: "utf8" });
  const files = names.filter((name) => /\.pcap$/.test(name)).sort();
  return files.map((name) => path.join(folder, name));
}

function readPacket(frame: Buffer, payloads: RealPayloads): number {
  if (frame.length < 34 || frame.readUInt16BE(12) !== 0x0800) return 0;
  const transport = 14 + 4 * ((frame[14] ?? 0) & 15);
  const end = Math.min(frame.length, 14 + frame.readUInt16BE(16));
  if (frame[23] === 6 && frame.length > transport + 13) {
    const payload = frame.subarray(transport + 4 * ((frame[transport + 12] ?? 0) >> 4), end);
    if (payload.length === 0) return 0;
    payloads.tcp.push(payload);
    const request = /^(?:GET|POST|HEAD) (\S+) HTTP/.exec(payload.toString("latin1", 0, 2000));
    if (request !== null) payloads.uris.push(Buffer.from(request[1] ?? "", "latin1"));
    return payload.length;
  }
  if (frame[23] !== 17 || end < transport + 9) return 0;
  const payload = frame.subarray(transport + 8, end);
  payloads.udp.push(payload);
  const isDns = frame.readUInt16BE(transport) === 53 || frame.readUInt16BE(transport + 2) === 53;
  if (isDns) readName(payload, payloads.dnsNames);
  return payload.length;
}

function readName(payload: Buffer, names: Uint8Array[]): void {
  const labels: string[] = [];
  let at = 12;
  for (; at < payload.length && payload[at] !== 0; at += 1 + (payload[at] ?? 0)) {
    if ((payload[at] ?? 0) > 63) return;
    labels.push(payload.toString("latin1", at + 1, at + 1 + (payload[at] ?? 0)));
  }
  if (labels.length > 0) names.push(Buffer.from(labels.join("."), "latin1"));
}
