/**
 * Who wins where segments overlap: for each of the thirteen kinds of host the known answer, per kind of overlap,
 * and through the tracker.
 */
import { describe, expect, it } from "vitest";
import { Direction } from "../../../src/core/layers/packet.ts";
import { streamEvent } from "../../../src/core/layers/packet-events.ts";
import { TcpFlag } from "../../../src/core/layers/tcp.ts";
import { newDataWins, overlapPolicyOfHost } from "../../../src/core/stream/overlap-policy.ts";
import { Connection } from "./harness.ts";

/**
 * Kinds of overlap of a new segment with the old one, which is [10, 20). In the order of the answers: it begins
 * before and ends inside, ends with it, ends after; begins with it and ends before, with, after; begins after
 * and ends before, with, after.
 */
const kinds = [
  [5, 15],
  [5, 20],
  [5, 25],
  [10, 15],
  [10, 20],
  [10, 25],
  [12, 15],
  [12, 20],
  [12, 25],
] as const;

/** n: the new bytes win, o: the old ones. */
const answers: Record<string, string> = {
  bsd: "nnnoooooo",
  "bsd-right": "nnnoooooo",
  hpux10: "nnnoooooo",
  irix: "nnnoooooo",
  macos: "nnnoooooo",
  windows: "nnnoooooo",
  windows2k3: "nnnoooooo",
  linux: "nnnoonooo",
  "old-linux": "nnnonnooo",
  solaris: "onnonnoon",
  "old-solaris": "onnonnoon",
  hpux11: "onnonnoon",
  vista: "ooooooooo",
};

describe("overlap policy", () => {
  it("knows thirteen kinds of host", () => {
    expect(Object.keys(answers)).toHaveLength(13);
    expect(overlapPolicyOfHost("plan9")).toBeNull();
  });

  it.each(Object.entries(answers))("of %s chooses %s", (host, wanted) => {
    const policy = overlapPolicyOfHost(host)!;
    const chosen = kinds.map(([start, end]) => newDataWins(policy, start, end, 10, 20));
    expect(chosen.map((wins) => (wins ? "n" : "o")).join("")).toBe(wanted);
  });

  const data = { toServer: true, flags: TcpFlag.ack, ack: 501 };

  it.each([
    ["bsd", "GOOD"],
    ["linux", "GOOD"],
    ["old-linux", "EVIL"],
    ["solaris", "EVIL"],
    ["vista", "GOOD"],
  ])("of %s keeps %s when a segment comes twice with other bytes", (host, kept) => {
    const connection = new Connection({ policyFor: () => overlapPolicyOfHost(host)! });
    connection.open(100, 500);
    connection.send({ ...data, seq: 101, data: "GOOD" });
    connection.send({ ...data, seq: 101, data: "EVIL" });
    connection.send({ toServer: false, flags: TcpFlag.ack, seq: 501, ack: 105 });
    expect(connection.text(Direction.toServer)).toBe(kept);
  });

  it("is asked segment by segment, not for what has grown together", () => {
    const connection = new Connection({ policyFor: () => overlapPolicyOfHost("bsd")! });
    connection.open(100, 500);
    connection.send({ ...data, seq: 101, data: "AAAA" });
    connection.send({ ...data, seq: 105, data: "BBBB" });
    // Begins inside the first segment and before the second.
    const packet = connection.send({ ...data, seq: 103, data: "XXXXXX" });
    expect(packet.hasEvent(streamEvent("reassembly_overlap_different_data"))).toBe(true);
    connection.send({ toServer: false, flags: TcpFlag.ack, seq: 501, ack: 109 });
    expect(connection.text(Direction.toServer)).toBe("AAAAXXXX");
  });

  it("puts the stream's bytes into the packet inline", () => {
    const connection = new Connection({ inline: true });
    connection.open(100, 500);
    connection.send({ ...data, seq: 101, data: "GOOD" });
    const packet = connection.send({ ...data, seq: 101, data: "EVIL" });
    const { bytes } = connection.arena;
    const seen = Buffer.from(bytes.subarray(packet.payloadStart, packet.payloadEnd));
    expect(seen.toString("latin1")).toBe("GOOD");
  });
});
