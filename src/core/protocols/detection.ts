/**
 * Recognises the protocol of a flow from the first data of a direction: patterns first, then probes for the
 * ports of the flow.
 *
 * @hotpath
 */
import { TO_SERVER } from "./direction.ts";
import { type DetectionPattern, ProbeResult, TCP } from "./protocol.ts";
import { type ProtocolRegistry, type RegisteredProtocol, UNKNOWN_PROTOCOL } from "./registry.ts";

/** The data tells nothing yet. */
export const NEEDS_MORE = -1;
/** The data is of no known protocol. */
export const NO_PROTOCOL = 0;

interface BoundPattern extends DetectionPattern {
  readonly id: number;
  /** Number of `unlessOther`; -1 without. */
  readonly unlessId: number;
}

interface BoundProbe {
  readonly id: number;
  readonly ports: ReadonlySet<number> | null;
  readonly clientPorts: ReadonlySet<number>;
  readonly probe: (bytes: Uint8Array, start: number, end: number, direction: number) => number;
}

/** Data of a TCP client that is shorter is not given up; an answer may tell before that. */
const CLIENT_BYTES_MIN = 32;

/** What is looked for in one direction of one transport. */
class SidePatterns {
  /** By the first byte of the data, those that may be there, in the order of declaration. */
  readonly byFirstByte: BoundPattern[][] = Array.from({ length: 256 }, () => []);
  /** Bytes after which no pattern can match any more. */
  patternDepth = 0;
  /** Bytes after which data is given up. */
  depth: number;

  constructor(depth = 0) {
    this.depth = depth;
  }

  add(pattern: DetectionPattern, id: number, unlessId: number): void {
    const bound = { ...pattern, id, unlessId };
    const { bytes, offset, depth, nocase } = pattern;
    const isAtStart = offset === 0 && depth <= bytes.length;
    for (let byte = 0; byte < 256; byte++) {
      if (!isAtStart || same(byte, bytes[0]!, nocase === true)) this.byFirstByte[byte]!.push(bound);
    }
    this.patternDepth = Math.max(this.patternDepth, depth);
    this.depth = Math.max(this.depth, depth);
  }
}

/** The probes of one transport. */
class TransportProbes {
  readonly all: BoundProbe[] = [];
  /** Those that are asked whatever the ports. */
  readonly portless: BoundProbe[] = [];
  /** Ports of a server (bit 1) or of a client (bit 2) that some probe is asked for. */
  private readonly marks = new Uint8Array(65_536);

  add(probe: BoundProbe): void {
    this.all.push(probe);
    if (probe.ports === null) this.portless.push(probe);
    for (const port of probe.ports ?? []) this.marks[port]! |= 1;
    for (const port of probe.clientPorts) this.marks[port]! |= 2;
  }

  /** Those that may be asked: at most ports nobody but the portless. */
  among(serverPort: number, clientPort: number): readonly BoundProbe[] {
    const { marks } = this;
    const isMarked = (marks[serverPort]! & 1) !== 0 || (marks[clientPort]! & 2) !== 0;
    return isMarked ? this.all : this.portless;
  }
}

export class ProtocolDetector {
  /** The last `find` says that the data goes against the direction of the flow. */
  isReversed = false;
  private readonly sides: readonly SidePatterns[] = [
    new SidePatterns(CLIENT_BYTES_MIN),
    new SidePatterns(),
    new SidePatterns(),
    new SidePatterns(),
  ];
  private readonly tcpProbes = new TransportProbes();
  private readonly udpProbes = new TransportProbes();

  constructor(registry: ProtocolRegistry) {
    for (const protocol of registry.protocols) {
      if (protocol.mode !== "no") this.add(protocol, registry);
    }
  }

  /**
   * The protocol of the data [start, end) that a direction begins with: its number, NEEDS_MORE or NO_PROTOCOL.
   * Ports are those of the flow's two ends. `known` is what the other direction turned out to be (0: nothing
   * yet): its probe is asked whatever the ports.
   */
  find(
    transport: number,
    direction: number,
    serverPort: number,
    clientPort: number,
    bytes: Uint8Array,
    start: number,
    end: number,
    known = UNKNOWN_PROTOCOL,
  ): number {
    this.isReversed = false;
    const side = this.sides[sideIndex(transport, direction)]!;
    const patterns = side.byFirstByte[bytes[start]!]!;
    for (let i = 0; i < patterns.length; i++) {
      const pattern = patterns[i]!;
      if (pattern.unlessId === known || !isThere(pattern, bytes, start, end)) continue;
      const { confirm, id } = pattern;
      const result =
        confirm?.(bytes, start, end, direction, serverPort, clientPort) ?? ProbeResult.yes;
      if (result !== ProbeResult.yes && result !== ProbeResult.reversed) continue;
      this.isReversed = result === ProbeResult.reversed;
      return id;
    }
    const ofTransport = transport === TCP ? this.tcpProbes : this.udpProbes;
    const probes =
      known === UNKNOWN_PROTOCOL ? ofTransport.among(serverPort, clientPort) : ofTransport.all;
    const depth = known === UNKNOWN_PROTOCOL ? side.depth : side.patternDepth;
    let needsMore = transport === TCP && end - start < depth;
    for (let i = 0; i < probes.length; i++) {
      const { ports, clientPorts, probe, id: probed } = probes[i]!;
      const isAsked = ports === null || ports.has(serverPort) || clientPorts.has(clientPort);
      if (!isAsked && probed !== known) continue;
      const result = probe(bytes, start, end, direction);
      if (result === ProbeResult.needMore) needsMore = true;
      if (result !== ProbeResult.yes && result !== ProbeResult.reversed) continue;
      this.isReversed = result === ProbeResult.reversed;
      return probed;
    }
    return needsMore ? NEEDS_MORE : NO_PROTOCOL;
  }

  private add({ id, declaration, settings }: RegisteredProtocol, registry: ProtocolRegistry): void {
    const isOn = (transport: number): boolean =>
      settings.switch(transport === TCP ? "tcp.enabled" : "udp.enabled", true);
    for (const pattern of declaration.patterns) {
      if (!isOn(pattern.transport)) continue;
      const direction = pattern.side === "toServer" ? TO_SERVER : 1;
      this.sides[sideIndex(pattern.transport, direction)]!.add(
        pattern,
        id,
        registry.named(pattern.unlessOther ?? "")?.id ?? -1,
      );
    }
    for (const { transport, ports, clientPorts, probe } of declaration.probes) {
      if (!isOn(transport)) continue;
      const own = `${transport === TCP ? "tcp" : "udp"}.detection-ports`;
      const key = settings.has(own) ? own : "detection-ports";
      const isConfigured = settings.has(key);
      const server = isConfigured ? portsOf(settings.list(`${key}.dp`)) : ports;
      const client = isConfigured ? portsOf(settings.list(`${key}.sp`)) : clientPorts;
      (transport === TCP ? this.tcpProbes : this.udpProbes).add({
        id,
        ports: server === null ? null : new Set(server),
        clientPorts: new Set(client),
        probe,
      });
    }
  }
}

function sideIndex(transport: number, direction: number): number {
  return (transport === TCP ? 0 : 2) + direction;
}

/** "53, 853", "5900-5903" and lists of them. */
function portsOf(texts: readonly string[]): number[] {
  const ports: number[] = [];
  for (const text of texts.flatMap((item) => item.split(","))) {
    const [first = 0, last = first] = text.replace(/[[\]]/g, "").split(/[-:]/).map(Number);
    for (let port = first; port <= last && port <= 65_535; port++) ports.push(port);
  }
  return ports;
}

function isThere(pattern: BoundPattern, bytes: Uint8Array, start: number, end: number): boolean {
  const { bytes: wanted, nocase, offset, depth } = pattern;
  const last = Math.min(end, start + depth) - wanted.length;
  for (let at = start + offset; at <= last; at++) {
    let i = 0;
    while (i < wanted.length && same(bytes[at + i]!, wanted[i]!, nocase === true)) i++;
    if (i === wanted.length) return true;
  }
  return false;
}

function same(a: number, b: number, nocase: boolean): boolean {
  if (a === b) return true;
  if (!nocase || (a ^ b) !== 0x20) return false;
  const lower = a | 0x20;
  return lower >= 0x61 && lower <= 0x7a;
}
