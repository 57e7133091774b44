/**
 * Community ID version 1: a hash of the flow's endpoints that other tools compute alike
 * (github.com/corelight/community-id-spec). Ports are type and code for ICMP.
 */
import { encodeBase64 } from "../bytes/base64.ts";
import { Sha1 } from "../bytes/sha1.ts";
import type { Flow } from "../flow/flow.ts";
import { bothWays, icmpv4Pairs, icmpv6Pairs } from "../flow/icmp-pairs.ts";

/** The specification pairs two more than flows do: listener queries and reports, node information. */
const communityPairs = new Map([
  ...icmpv6Pairs,
  ...bothWays([
    [130, 131],
    [139, 140],
  ]),
]);

interface Endpoint {
  readonly address: Uint8Array;
  readonly port: number;
}

/** `1:` and the base64 of a SHA-1 over seed, ordered endpoints, protocol and ports. */
export function communityId(flow: Flow, seed: number): string {
  const ports = portsOf(flow);
  const source: Endpoint = {
    address: addressBytes(flow.ipVersion, flow.sourceWords),
    port: ports.source,
  };
  const destination: Endpoint = {
    address: addressBytes(flow.ipVersion, flow.destinationWords),
    port: ports.destination,
  };
  const inOrder = ports.oneWay || compareEndpoints(source, destination) <= 0;
  const [first, second] = inOrder ? [source, destination] : [destination, source];
  const data: number[] = [(seed >> 8) & 255, seed & 255, ...first.address, ...second.address];
  data.push(flow.protocol, 0);
  if (ports.present)
    data.push(first.port >> 8, first.port & 255, second.port >> 8, second.port & 255);
  const hash = new Sha1();
  const digest = new Uint8Array(hash.digestLength);
  hash.update(Uint8Array.from(data), 0, data.length);
  hash.digest(digest, 0);
  return `1:${encodeBase64(digest, 0, digest.length)}`;
}

function portsOf(flow: Flow): {
  source: number;
  destination: number;
  present: boolean;
  oneWay: boolean;
} {
  if (flow.protocol === 1 || flow.protocol === 58) {
    // A reply's type takes the place of the port.
    const pairs = flow.protocol === 1 ? icmpv4Pairs : communityPairs;
    const reply = pairs.get(flow.icmpType);
    const destination = reply ?? flow.icmpCode;
    return { source: flow.icmpType, destination, present: true, oneWay: reply === undefined };
  }
  const present = flow.protocol === 6 || flow.protocol === 17 || flow.protocol === 132;
  return { source: flow.sourcePort, destination: flow.destinationPort, present, oneWay: false };
}

function addressBytes(ipVersion: number, words: Int32Array): Uint8Array {
  const count = ipVersion === 4 ? 1 : 4;
  const bytes = new Uint8Array(count * 4);
  for (let i = 0; i < count; i++) {
    const word = words[i]!;
    bytes.set([word >>> 24, (word >>> 16) & 255, (word >>> 8) & 255, word & 255], i * 4);
  }
  return bytes;
}

function compareEndpoints(a: Endpoint, b: Endpoint): number {
  for (let i = 0; i < a.address.length; i++) {
    const difference = a.address[i]! - b.address[i]!;
    if (difference !== 0) return difference;
  }
  return a.port - b.port;
}
