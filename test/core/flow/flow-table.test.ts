/** The flow table: keys, directions, timeouts, limits and ends. */
import { describe, expect, it } from "vitest";
import { type Flow, FlowEndReason, FlowState } from "../../../src/core/flow/flow.ts";
import { type FlowOptions, stockFlowOptions } from "../../../src/core/flow/flow-options.ts";
import { FLOW_COST_BYTES, FlowTable } from "../../../src/core/flow/flow-table.ts";
import { Packet } from "../../../src/core/layers/packet.ts";
import { TcpSession, TcpState } from "../../../src/core/stream/tcp-session.ts";

const SECOND = 1_000_000;
const START = 1_700_000_000 * SECOND;
const CLIENT = 0x0a000001;
const SERVER = 0x0a000002;

interface Ended {
  serial: number;
  reason: number;
}

function setUp(changes: Partial<FlowOptions> = {}, bytes = new Uint8Array(64)) {
  const ended: Ended[] = [];
  const onEnd = (flow: Flow) => ended.push({ serial: flow.serial, reason: flow.endReason });
  const table = new FlowTable({ ...stockFlowOptions, hashKey: 7, ...changes }, onEnd, bytes);
  return { table, ended, counter: (name: string) => new Map(table.entries()).get(name) };
}

function packet(fields: Partial<Packet> = {}, source = CLIENT, destination = SERVER): Packet {
  const made = new Packet();
  const base = { wantsFlow: true, ipVersion: 4, protocol: 17, transport: 17, timeUs: START };
  Object.assign(made, base, { wireLength: 60, end: 60, hopLimit: 64 }, fields);
  made.sourceWords[0] = source;
  made.destinationWords[0] = destination;
  return made;
}

function udp(port = 1000, seconds = 0, fields: Partial<Packet> = {}): Packet {
  return packet({
    sourcePort: port,
    destinationPort: 53,
    timeUs: START + seconds * SECOND,
    ...fields,
  });
}

function reply(port = 1000, seconds = 0): Packet {
  const ports = { sourcePort: 53, destinationPort: port, timeUs: START + seconds * SECOND };
  return packet({ ...ports, hopLimit: 50, wireLength: 100 }, SERVER, CLIENT);
}

function tcp(tcpFlags: number, seconds = 0): Packet {
  const fields = { protocol: 6, transport: 6, sourcePort: 1000, destinationPort: 80, tcpFlags };
  return packet({ ...fields, timeUs: START + seconds * SECOND });
}

function icmp(icmpType: number, source: number, destination: number): Packet {
  return packet({ protocol: 1, transport: 1, icmpType }, source, destination);
}

describe("key", () => {
  it("gives both directions one flow and counts them apart", () => {
    const { table } = setUp();
    const first = udp();
    const flow = table.lookup(first)!;
    expect([first.direction, first.firstInDirection, first.established]).toEqual([0, true, false]);
    const back = reply();
    expect(table.lookup(back)).toBe(flow);
    expect([back.direction, back.firstInDirection, back.established]).toEqual([1, true, true]);
    expect(flow.state).toBe(FlowState.established);
    expect([flow.packetsToServer, flow.packetsToClient]).toEqual([1, 1]);
    expect([flow.bytesToServer, flow.bytesToClient]).toEqual([60, 100]);
    expect([flow.ttlMinToServer, flow.ttlMaxToClient]).toEqual([64, 50]);
    const again = udp();
    table.lookup(again);
    expect([again.flow, again.firstInDirection, again.established]).toEqual([flow, false, true]);
  });

  it("gives no flow to a packet that wants none", () => {
    const { table } = setUp();
    expect(table.lookup(udp(1000, 0, { wantsFlow: false }))).toBeNull();
    expect([table.memcapHit, table.activeCount]).toEqual([false, 0]);
  });

  it("keeps ports, protocols, VLANs and depths apart", () => {
    const { table } = setUp();
    const tagged = udp(1000, 0, { vlanCount: 1 });
    tagged.vlanIds[0] = 5;
    const other = udp(1000, 0, { protocol: 132, transport: 132 });
    const all = [udp(), udp(1001), tagged, udp(1000, 0, { depth: 1 }), other];
    const flows = new Set(all.map((each) => table.lookup(each)));
    expect(flows.size).toBe(5);
    expect(new Set([...flows].map((flow) => flow!.id)).size).toBe(5);
  });

  it("ignores VLANs and depth where they are not tracked", () => {
    const { table } = setUp({ vlanTracking: false, depthTracking: false });
    const flow = table.lookup(udp());
    expect(table.lookup(udp(1000, 0, { depth: 1 }))).toBe(flow);
    const tagged = udp(1000, 0, { vlanCount: 1 });
    tagged.vlanIds[0] = 5;
    expect(table.lookup(tagged)).toBe(flow);
  });

  it("pairs ICMP echo and its reply, not a timestamp", () => {
    const { table } = setUp();
    const flow = table.lookup(icmp(8, CLIENT, SERVER))!;
    const answer = icmp(0, SERVER, CLIENT);
    expect(table.lookup(answer)).toBe(flow);
    expect([answer.direction, flow.icmpType, flow.responseIcmpType]).toEqual([1, 8, 0]);
    expect(table.lookup(icmp(13, CLIENT, SERVER))).not.toBe(flow);
  });

  it("puts an ICMP error into the flow of the packet it quotes, and makes none for it alone", () => {
    const bytes = new Uint8Array(64);
    const view = new DataView(bytes.buffer);
    view.setUint32(12, CLIENT);
    view.setUint32(16, SERVER);
    const { table } = setUp({}, bytes);
    const flow = table.lookup(udp());
    const error = icmp(3, SERVER, CLIENT);
    Object.assign(error, { embeddedIpStart: 0, embeddedIpVersion: 4, embeddedProtocol: 17 });
    Object.assign(error, { embeddedSourcePort: 1000, embeddedDestinationPort: 53 });
    expect(table.lookup(error)).toBe(flow);
    expect(error.direction).toBe(1);
    table.endAll(FlowEndReason.shutdown);
    expect(table.lookup(error)).toBeNull();
  });
});

describe("timeouts", () => {
  it("ends a new flow after 30 s and an established one after 300 s", () => {
    const { table, ended } = setUp();
    table.lookup(udp(1));
    table.lookup(udp(2));
    table.lookup(reply(2));
    table.expire(START + 29 * SECOND);
    expect(ended).toEqual([]);
    table.expire(START + 32 * SECOND);
    expect(ended).toEqual([{ serial: 1, reason: FlowEndReason.timeout }]);
    table.expire(START + 299 * SECOND);
    expect(table.activeCount).toBe(1);
    table.expire(START + 302 * SECOND);
    expect(ended[1]).toEqual({ serial: 2, reason: FlowEndReason.timeout });
  });

  it("does not revive a flow whose time is over", () => {
    const { table, ended } = setUp();
    table.lookup(udp());
    const late = udp(1000, 31);
    expect(table.lookup(late)!.serial).toBe(2);
    expect(late.firstInDirection).toBe(true);
    expect(ended).toEqual([{ serial: 1, reason: FlowEndReason.timeout }]);
  });

  it("uses the timeouts of TCP and of bypassed flows", () => {
    const { table, ended } = setUp();
    table.lookup(tcp(2));
    table.lookup(udp())!.state = FlowState.bypassed;
    table.expire(START + 59 * SECOND);
    expect(ended).toEqual([]);
    table.expire(START + 62 * SECOND);
    expect(ended.map((each) => each.serial)).toEqual([1]);
    table.expire(START + 102 * SECOND);
    expect(ended.map((each) => each.serial)).toEqual([1, 2]);
  });

  it("takes a SYN on a closed connection for a new one", () => {
    const { table, ended, counter } = setUp();
    const flow = table.lookup(tcp(2))!;
    flow.tcp = new TcpSession();
    flow.tcp.state = TcpState.closed;
    flow.state = FlowState.closed;
    expect(table.lookup(tcp(0x10, 1))!.serial).toBe(1);
    expect(table.lookup(tcp(0x12, 1))!.serial).toBe(1);
    expect(table.lookup(tcp(2, 1))!.serial).toBe(2);
    expect(ended).toEqual([{ serial: 1, reason: FlowEndReason.tcpReuse }]);
    expect([counter("flow.tcp_reuse"), counter("flow.tcp")]).toEqual([1, 2]);
  });
});

describe("limits", () => {
  const limits = { memoryLimitBytes: 4 * FLOW_COST_BYTES };

  it("has no flow for a packet when all flows are busy", () => {
    const { table, counter } = setUp(limits);
    for (let port = 1; port <= 4; port++) table.lookup(udp(port));
    expect(table.lookup(udp(5))).toBeNull();
    expect(table.memcapHit).toBe(true);
    expect([counter("flow.memcap"), counter("flow.emerg_mode_entered")]).toEqual([1, 1]);
    expect(table.lookup(udp(1))).not.toBeNull();
    expect(table.memcapHit).toBe(false);
  });

  it("gives up an idle flow when memory is full", () => {
    const { table, ended, counter } = setUp(limits);
    for (let port = 1; port <= 4; port++) table.lookup(udp(port));
    expect(table.lookup(udp(5, 3))).not.toBeNull();
    expect(ended.map((each) => each.reason)).toEqual([FlowEndReason.forced]);
    expect([counter("flow.get_used"), counter("flow.active")]).toEqual([1, 4]);
  });

  it("shortens timeouts in emergency mode and leaves it again", () => {
    const { table, ended, counter } = setUp(limits);
    for (let port = 1; port <= 4; port++) table.lookup(udp(port));
    table.lookup(udp(5));
    table.expire(START + 12 * SECOND);
    expect(ended.map((each) => each.reason)).toEqual([1, 1, 1, 1]);
    expect([counter("flow.emerg_mode_over"), counter("flow.memuse")]).toEqual([1, 0]);
  });

  it("grows past its first chunk and finds every flow again", () => {
    const { table } = setUp();
    const flows = Array.from({ length: 5000 }, (_, port) => table.lookup(udp(port + 100)));
    flows.forEach((flow, port) => {
      expect(table.lookup(reply(port + 100))).toBe(flow);
    });
    expect(table.activeCount).toBe(5000);
  });
});

it("ends all flows in the order of their creation and releases what they hold", () => {
  const { table, ended } = setUp();
  for (let port = 1; port <= 3; port++) table.lookup(udp(port));
  const released: string[] = [];
  const flow = table.lookup(udp(4))!;
  flow.detection = { groupsGeneration: 0, release: () => released.push("detection") };
  flow.application = { protocol: 0, release: () => released.push("application") };
  table.endAll(FlowEndReason.shutdown);
  expect(ended).toEqual([1, 2, 3, 4].map((serial) => ({ serial, reason: FlowEndReason.shutdown })));
  expect(released).toEqual(["detection", "application"]);
  expect([flow.detection, flow.application, table.activeCount]).toEqual([null, null, 0]);
});

it("swaps the direction of a flow and keeps its key", () => {
  const { table } = setUp();
  const flow = table.lookup(reply())!;
  Object.assign(flow, { bypassedPackets: 5, bypassedPacketsToServer: 2 });
  table.swapDirection(flow);
  expect([flow.sourcePort, flow.destinationPort]).toEqual([1000, 53]);
  expect([flow.sourceWords[0], flow.destinationWords[0]]).toEqual([CLIENT, SERVER]);
  expect([flow.packetsToServer, flow.packetsToClient, flow.bytesToClient]).toEqual([0, 1, 100]);
  expect(flow.bypassedPacketsToServer).toBe(3);
  const next = udp();
  expect(table.lookup(next)).toBe(flow);
  expect([next.direction, next.firstInDirection]).toEqual([0, true]);
});
