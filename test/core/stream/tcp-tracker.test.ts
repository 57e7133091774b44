/**
 * TCP connections from handshake to close, and when their data can be read.
 */
import { describe, expect, it } from "vitest";
import { FlowState } from "../../../src/core/flow/flow.ts";
import { ChecksumState, Direction } from "../../../src/core/layers/packet.ts";
import { streamEvent } from "../../../src/core/layers/packet-events.ts";
import { TcpFlag } from "../../../src/core/layers/tcp.ts";
import { overlapPolicyOfHost } from "../../../src/core/stream/overlap-policy.ts";
import { TcpState } from "../../../src/core/stream/tcp-session.ts";
import { Connection } from "./harness.ts";

const { ack, syn, fin, rst } = TcpFlag;
const data = { toServer: true, flags: ack, ack: 501 };
const serverAck = { toServer: false, flags: ack, seq: 501 };

function counter(connection: Connection, name: string): number | undefined {
  return new Map(connection.tracker.entries()).get(name);
}

describe("TCP tracker", () => {
  it("is established with the ACK of the handshake", () => {
    const connection = new Connection();
    const packet = connection.open(100, 500);
    expect(packet.inConnection).toBe(true);
    expect(packet.eventCount).toBe(0);
    expect(connection.flow.tcp?.state).toBe(TcpState.established);
    expect(connection.flow.state).toBe(FlowState.established);
    expect(counter(connection, "tcp.sessions")).toBe(1);
  });

  it.each([100, 0x7ffffffe, 0xfffffffe])("orders data from sequence number %d", (isn) => {
    const connection = new Connection();
    connection.open(isn, 500);
    connection.send({ ...data, seq: isn + 5, data: "efgh" });
    const packet = connection.send({ ...data, seq: isn + 1, data: "abcd" });
    expect(packet.inStream).toBe(true);
    expect(connection.text(Direction.toServer)).toBe("");
    connection.send({ ...serverAck, ack: isn + 9 });
    expect(connection.text(Direction.toServer)).toBe("abcdefgh");
    expect(connection.pool.usedBytes).toBeGreaterThan(0);
    packet.direction = Direction.toServer;
    packet.streamEnd = true;
    const session = connection.flow.tcp!;
    expect(connection.tracker.raw.needsFlush(session)).toBe(1);
    expect(connection.tracker.raw.rawWindow(packet, session)).toBe(true);
    expect(connection.tracker.raw.rawEnd - connection.tracker.raw.rawStart).toBe(8);
    connection.tracker.raw.rawConsume(packet, session);
    expect(connection.tracker.raw.needsFlush(session)).toBe(0);
    connection.tracker.release(connection.flow);
    expect(connection.pool.usedBytes).toBe(0);
  });

  it("shows data at once inline, with the bytes before it", () => {
    const connection = new Connection({ inline: true });
    const { tracker } = connection;
    connection.open(100, 500);
    const session = connection.flow.tcp!;
    for (const [seq, text, seen] of [
      [101, "abcd", 4],
      [105, "ef", 6],
    ] as const) {
      const packet = connection.send({ ...data, seq, data: text });
      expect(tracker.raw.rawWindow(packet, session)).toBe(true);
      expect(tracker.raw.rawEnd - tracker.raw.rawStart).toBe(seen);
      tracker.raw.rawConsume(packet, session);
    }
    expect(connection.text(Direction.toServer)).toBe("abcdef");
  });

  it.each([
    ["bsd", "AAAA"],
    ["solaris", "ABBB"],
  ])("keeps by %s what overlaps", (host, kept) => {
    const connection = new Connection({ policyFor: () => overlapPolicyOfHost(host) ?? -1 });
    connection.open(100, 500);
    connection.send({ ...data, seq: 101, data: "AAAA" });
    const packet = connection.send({ ...data, seq: 102, data: "BBBBB" });
    expect(packet.hasEvent(streamEvent("reassembly_overlap_different_data"))).toBe(true);
    connection.send({ ...serverAck, ack: 107 });
    expect(connection.text(Direction.toServer)).toBe(`${kept}BB`);
    expect(counter(connection, "tcp.overlap_diff_data")).toBe(1);
  });

  it("reports a gap once, when data that is missing was acknowledged", () => {
    const connection = new Connection();
    connection.open(100, 500);
    connection.send({ ...data, seq: 111, data: "later" });
    const packet = connection.send({ ...serverAck, ack: 116 });
    expect(connection.text(Direction.toServer)).toBe("later");
    expect(packet.hasEvent(streamEvent("reassembly_seq_gap"))).toBe(true);
    connection.send({ ...serverAck, ack: 116 });
    expect(connection.text(Direction.toServer)).toBe("");
    expect(counter(connection, "tcp.reassembly_gap")).toBe(1);
  });

  it("closes with FINs and with a reset that fits", () => {
    const connection = new Connection();
    connection.open(100, 500);
    connection.send({ toServer: true, flags: fin | ack, seq: 101, ack: 501 });
    expect(connection.flow.tcp?.state).toBe(TcpState.closeWait);
    connection.send({ toServer: false, flags: fin | ack, seq: 501, ack: 102 });
    expect(connection.flow.tcp?.state).toBe(TcpState.lastAck);
    const last = connection.send({ toServer: true, flags: ack, seq: 102, ack: 502 });
    expect(last.eventCount).toBe(0);
    expect(connection.flow.tcp?.state).toBe(TcpState.closed);
    expect(connection.flow.state).toBe(FlowState.closed);

    const other = new Connection();
    other.open(100, 500);
    other.send({ toServer: true, flags: rst, seq: 0x40000000 });
    expect(other.flow.tcp?.state).toBe(TcpState.established);
    other.send({ toServer: true, flags: rst, seq: 101 });
    expect(other.flow.tcp?.state).toBe(TcpState.closed);
    other.tracker.release(other.flow);
    expect(counter(other, "tcp.active_sessions")).toBe(0);
  });

  it("begins in the middle of a connection only when told to", () => {
    const strict = new Connection();
    strict.send({ ...data, seq: 1000, data: "abc" });
    expect(strict.flow.tcp).toBeNull();
    const packet = strict.send({ toServer: true, flags: rst, seq: 1000 });
    expect(packet.hasEvent(streamEvent("rst_but_no_session"))).toBe(true);

    const connection = new Connection({ midstream: true });
    expect(connection.send({ ...data, seq: 1000, data: "abc" }).inConnection).toBe(true);
    connection.send({ ...serverAck, ack: 1003 });
    expect(connection.text(Direction.toServer)).toBe("abc");

    const swapped = new Connection({ midstream: true });
    swapped.send({ toServer: true, flags: syn | ack, seq: 500, ack: 101 });
    expect(swapped.tracker.swapNeeded).toBe(true);
    expect(swapped.send({ toServer: true, flags: ack, seq: 101, ack: 501 }).inConnection).toBe(
      true,
    );
  });

  it("raises the events of a handshake that is wrong", () => {
    const connection = new Connection();
    connection.send({ toServer: true, flags: syn, seq: 100 });
    const packet = connection.send({ toServer: false, flags: syn | ack, seq: 500, ack: 300 });
    expect(packet.hasEvent(streamEvent("3whs_synack_with_wrong_ack"))).toBe(true);
    connection.send({ toServer: false, flags: syn | ack, seq: 500, ack: 101 });
    connection.send({ toServer: true, flags: ack, seq: 101, ack: 900 });
    expect(packet.hasEvent(streamEvent("3whs_right_seq_wrong_ack_evasion"))).toBe(true);
    expect(packet.established).toBe(false);
  });

  it("ignores a packet with a wrong checksum", () => {
    const connection = new Connection();
    connection.packet.transportChecksum = ChecksumState.invalid;
    connection.tracker.handle(connection.packet, connection.flow);
    expect(counter(connection, "tcp.invalid_checksum")).toBe(1);
    expect(connection.flow.tcp).toBeNull();
  });
});
