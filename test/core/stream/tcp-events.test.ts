/**
 * The events of packets that do not fit their connection, each with a connection of its own.
 */
import { describe, expect, it } from "vitest";
import { Direction } from "../../../src/core/layers/packet.ts";
import { packetEventName, streamEvent } from "../../../src/core/layers/packet-events.ts";
import { TcpFlag } from "../../../src/core/layers/tcp.ts";
import { overlapPolicyOfHost } from "../../../src/core/stream/overlap-policy.ts";
import { UrgentPolicy } from "../../../src/core/stream/stream-options.ts";
import { TcpState } from "../../../src/core/stream/tcp-session.ts";
import { Connection, type Script } from "./harness.ts";

const { ack, syn, fin, rst, urg } = TcpFlag;
const client = { toServer: true, flags: ack, seq: 101, ack: 501 };
const server = { toServer: false, flags: ack, seq: 501, ack: 101 };
const synOf = { toServer: true, flags: syn, seq: 100 };
const synAckOf = { toServer: false, flags: syn | ack, seq: 500, ack: 101 };
/** FINs of both sides, as the states after them need them. */
const clientFin = { ...client, flags: fin | ack };
const serverFin = { ...server, flags: fin | ack };

function eventsOf(scripts: readonly Script[], opened: boolean): string[] {
  const connection = new Connection();
  if (opened) connection.open(100, 500);
  const packet = scripts.map((script) => connection.send(script)).at(-1)!;
  const names: string[] = [];
  for (let i = 0; i < packet.eventCount; i++) {
    names.push(packetEventName(packet.events[i]!).replace("stream.", ""));
  }
  return names;
}

describe("events of the handshake", () => {
  const cases: [string, Script[]][] = [
    ["rst_but_no_session", [{ toServer: true, flags: rst, seq: 1 }]],
    ["fin_but_no_session", [clientFin]],
    ["3whs_synack_in_wrong_direction", [synOf, { ...synAckOf, toServer: true }]],
    ["3whs_synack_with_wrong_ack", [synOf, { ...synAckOf, ack: 300 }]],
    ["3whs_synack_toserver_on_syn_recv", [synOf, synAckOf, { ...synAckOf, toServer: true }]],
    ["3whs_synack_resend_with_different_ack", [synOf, synAckOf, { ...synAckOf, ack: 300 }]],
    ["3whs_syn_toclient_on_syn_recv", [synOf, synAckOf, { ...synOf, toServer: false }]],
    ["3whs_syn_resend_diff_seq_on_syn_recv", [synOf, synAckOf, { ...synOf, seq: 200 }]],
    ["3whs_right_seq_wrong_ack_evasion", [synOf, synAckOf, { ...client, ack: 900 }]],
    ["3whs_wrong_seq_wrong_ack", [synOf, synAckOf, { ...client, seq: 90, ack: 900 }]],
    [
      "4whs_synack_with_wrong_ack",
      [
        synOf,
        { ...synOf, toServer: false, seq: 500 },
        { ...synAckOf, toServer: true, seq: 100, ack: 600 },
      ],
    ],
    [
      "4whs_synack_with_wrong_syn",
      [
        synOf,
        { ...synOf, toServer: false, seq: 500 },
        { ...synAckOf, toServer: true, seq: 77, ack: 501 },
      ],
    ],
    ["pkt_broken_ack", [{ ...synOf, ack: 5 }]],
  ];
  it.each(cases)("%s", (name, scripts) => {
    expect(eventsOf(scripts, false)).toContain(name);
  });

  it("raises none for a split handshake that fits", () => {
    const names = eventsOf(
      [
        synOf,
        { ...synOf, toServer: false, seq: 500 },
        { ...synAckOf, toServer: true, seq: 100, ack: 501 },
        server,
        { ...client, data: "hello" },
      ],
      false,
    );
    expect(names).toEqual([]);
  });

  it("remembers a few SYN+ACKs that differ, and takes the one that is answered", () => {
    const connection = new Connection({ synAckQueuedMax: 2 });
    connection.send(synOf);
    for (const seq of [500, 600, 700]) connection.send({ ...synAckOf, seq });
    const packet = connection.send({ ...synAckOf, seq: 800 });
    expect(packet.hasEvent(streamEvent("3whs_synack_flood"))).toBe(true);
    connection.send({ ...client, ack: 601 });
    expect(connection.flow.tcp?.state).toBe(TcpState.established);
    expect(connection.flow.tcp?.server.isnSequence).toBe(600);
  });
});

describe("events of an established connection", () => {
  const cases: [string, Script[]][] = [
    ["est_syn_resend", [synOf]],
    ["est_syn_resend_diff_seq", [{ ...synOf, seq: 40 }]],
    ["est_syn_toclient", [{ ...synOf, toServer: false }]],
    ["est_synack_toserver", [{ ...synAckOf, toServer: true }]],
    ["est_synack_resend_with_diff_seq", [{ ...synAckOf, seq: 40 }]],
    ["est_synack_resend", [server, synAckOf]],
    ["est_packet_out_of_window", [{ ...client, seq: 101 + 65_500, data: "x".repeat(100) }]],
    ["est_invalid_ack", [{ ...client, ack: 501 + 70_000 }]],
    ["pkt_invalid_ack", [{ ...client, ack: 501 + 70_000 }]],
    [
      "est_pkt_before_last_ack",
      [
        { ...client, data: "abcdef" },
        { ...server, ack: 107 },
        { ...client, data: "abc" },
      ],
    ],
    [
      "pkt_spurious_retransmission",
      [
        { ...client, data: "abcdef" },
        { ...server, ack: 107 },
        { ...client, data: "abc" },
      ],
    ],
    ["fin_invalid_ack", [{ ...clientFin, ack: 501 + 70_000 }]],
    ["fin_out_of_window", [{ ...clientFin, seq: 90 }]],
    ["fin_syn", [{ ...client, flags: fin | syn }]],
    ["rst_invalid_ack", [{ ...client, flags: rst | ack, ack: 501 + 70_000 }]],
    ["rst_with_data", [{ ...client, flags: rst, data: "bye" }]],
    ["reassembly_insert_limit", holes()],
  ];
  it.each(cases)("%s", (name, scripts) => {
    expect(eventsOf(scripts, true)).toContain(name);
  });
});

/** More separate pieces than are remembered. */
function holes(): Script[] {
  return Array.from({ length: 260 }, (_, i) => ({ ...client, seq: 111 + 20 * i, data: "x" }));
}

describe("events of a connection that closes", () => {
  const cases: [string, Script[]][] = [
    ["shutdown_syn_resend", [clientFin, synOf]],
    ["closewait_invalid_ack", [clientFin, { ...server, ack: 101 + 70_000 }]],
    ["closewait_fin_out_of_window", [clientFin, { ...serverFin, seq: 480 }]],
    ["closewait_ack_out_of_window", [clientFin, { ...server, seq: 501 + 70_000 }]],
    ["fin1_invalid_ack", [serverFin, { ...client, ack: 501 + 70_000 }]],
    ["fin1_fin_wrong_seq", [serverFin, { ...clientFin, seq: 90, ack: 502 }]],
    [
      "fin2_fin_wrong_seq",
      [serverFin, { ...client, ack: 502 }, { ...clientFin, seq: 90, ack: 502 }],
    ],
    ["fin2_invalid_ack", [serverFin, { ...client, ack: 502 }, { ...client, ack: 501 + 70_000 }]],
    [
      "closing_ack_wrong_seq",
      [serverFin, { ...clientFin, flags: fin, ack: 0 }, { ...client, seq: 90 }],
    ],
    [
      "lastack_ack_wrong_seq",
      [clientFin, { ...serverFin, ack: 102 }, { ...client, seq: 150, ack: 502 }],
    ],
    [
      "lastack_invalid_ack",
      [clientFin, { ...serverFin, ack: 102 }, { ...client, seq: 102, ack: 501 + 70_000 }],
    ],
    [
      "timewait_ack_wrong_seq",
      [serverFin, { ...clientFin, ack: 502 }, { ...client, seq: 150, ack: 502 }],
    ],
  ];
  it.each(cases)("%s", (name, scripts) => {
    expect(eventsOf(scripts, true)).toContain(name);
  });

  it("is over after both FINs and the last ACK, without an event", () => {
    const last = { ...client, seq: 102, ack: 502 };
    expect(eventsOf([clientFin, { ...serverFin, ack: 102 }, last], true)).toEqual([]);
  });
});

describe("resets", () => {
  it.each([
    ["bsd", 101, true],
    ["bsd", 110, false],
    ["linux", 110, true],
    ["hpux11", 40_000, true],
    ["linux", 90, false],
  ])("as %s: sequence number %d is believed: %s", (host, seq, believed) => {
    const connection = new Connection({ policyFor: () => overlapPolicyOfHost(host)! });
    connection.open(100, 500);
    connection.send({ toServer: true, flags: rst, seq });
    const closed = connection.flow.tcp?.state === TcpState.closed;
    expect(closed).toBe(believed);
  });
});

describe("urgent data", () => {
  const sent = { ...client, flags: ack | urg, urgent: 3, data: "abXcd" };
  const acked = { ...server, ack: 111 };

  it.each([
    ["out of band", UrgentPolicy.outOfBand, "abcdefghi", 0],
    ["inline", UrgentPolicy.inline, "abXcdefghi", 0],
    ["a gap", UrgentPolicy.gap, "abcdefghi", 1],
  ])("is %s", (_name, urgentPolicy, text, gaps) => {
    const connection = new Connection({ urgentPolicy });
    connection.open(100, 500);
    connection.send(sent);
    connection.send({ ...client, seq: 106, data: "efghi" });
    connection.send(acked);
    expect(connection.text(Direction.toServer)).toBe(text);
    expect(new Map(connection.tracker.entries()).get("tcp.reassembly_gap")).toBe(gaps);
  });

  it("is reason to drop the packet inline", () => {
    const connection = new Connection({ urgentPolicy: UrgentPolicy.drop, inline: true });
    connection.open(100, 500);
    connection.send(sent);
    expect(connection.tracker.urgentDrop).toBe(true);
  });
});
