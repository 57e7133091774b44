/**
 * Thresholds, bits of hosts and datasets do not depend on how many threads share the work: each rule gives as many alerts in
 * one engine as in several, whatever the thread that a flow falls to.
 */
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { defaultDetectionLimits } from "../../src/core/detect/detection-state.ts";
import { createSharedState } from "../../src/core/detect/shared-state.ts";
import { ethernet, ipv4, udp } from "../support/packets/index.ts";
import { Replay } from "../support/replay-bytes.ts";
import { EngineThreads } from "../support/threads/engine-threads.ts";
import type { TimedPacket } from "../support/threads/order.ts";

const THREADS = 3;
const START_US = 1_790_000_000_000_000;
/** Bits are set in the first phase of an epoch and read in the second: their order is then the same in all threads. */
const MARK_PORT = 1000;
const READ_PORT = 2000;

const kinds = [
  "threshold:type limit,count 2,seconds 60",
  "threshold:type threshold,count 3,seconds 60",
  "threshold:type both,count 3,seconds 60",
  "detection_filter:count 4,seconds 60",
];
const tracks = ["by_src", "by_dst", "by_both", "by_rule"];
const counted = kinds.flatMap((kind) =>
  tracks.map((track) => `${kind.replace(":", `:track ${track},`)};`),
);
const marks = [
  "xbits:set,seen,track ip_src",
  "xbits:toggle,even,track ip_pair",
  "hostbits:set,target,dst",
  // Each of the two holds once a value, whichever thread it comes to first.
  "ip.src; dataset:set,sources,type ip",
  "ip.dst; dataset:set,targets,type ip",
];
const reads = [
  "xbits:isset,seen,track ip_src",
  "xbits:isnotset,even,track ip_pair",
  "hostbits:isset,target,dst",
  "ip.src; dataset:isset,sources,type ip",
  "ip.dst; dataset:unset,targets,type ip",
];

function rule(sid: number, options: string, port = "any"): string {
  return `alert udp any any -> any ${port} (msg:"rule ${sid}"; dsize:>0; ${options} sid:${sid};)`;
}

const rules = [
  ...counted.map((options, index) => rule(1 + index, options)),
  rule(50, "threshold:type backoff,track by_flow,count 1,multiplier 2;"),
  ...marks.map((options, index) => rule(100 + index, `${options};`, `${MARK_PORT}`)),
  ...reads.map((options, index) => rule(200 + index, `${options};`, `${READ_PORT}`)),
  rule(300, ""),
  rule(301, ""),
].join("\n");
const thresholds = [
  "rate_filter gen_id 1, sig_id 300, track by_src, count 3, seconds 60, new_action pass, timeout 30",
  "suppress gen_id 1, sig_id 301, track by_src, ip 10.0.0.1",
].join("\n");

interface Datagram {
  readonly source: number;
  readonly target: number;
  readonly port: number;
  readonly phase: 0 | 1 | 2 | 3;
  readonly millisecond: number;
}

const datagram = fc.record({
  source: fc.integer({ min: 1, max: 4 }),
  target: fc.integer({ min: 1, max: 3 }),
  port: fc.integer({ min: 40_000, max: 40_020 }),
  phase: fc.constantFrom(0, 1, 2, 3),
  millisecond: fc.integer({ min: 0, max: 4_000 }),
});

/** Phases 0 and 1 come soon after each other; 2 and 3 when all windows and bits are over. */
function phasesOf(datagrams: readonly Datagram[]): readonly (readonly Datagram[])[] {
  return [0, 1, 2, 3].map((phase) =>
    datagrams
      .filter((one) => one.phase === phase)
      .sort((a, b) => a.millisecond - b.millisecond || 0),
  );
}

function packetOf({ source, target, port, phase, millisecond }: Datagram): TimedPacket {
  const startUs = START_US + (phase >> 1) * 1000e6 + (phase & 1) * 10e6;
  const destinationPort = (phase & 1) === 0 ? MARK_PORT : READ_PORT;
  const datagram = udp({ sourcePort: port, destinationPort, payload: "x" });
  const wire = datagram
    .over(ipv4({ source: `10.0.0.${source}`, destination: `10.0.1.${target}` }))
    .over(ethernet());
  const bytes = Uint8Array.from(wire);
  return { bytes, timeUs: startUs + millisecond * 1000 };
}

/** As the kernel deals flows: by addresses and ports, the same for all packets of a flow. */
function threadOf({ source, target, port }: Datagram): number {
  return Math.imul(source * 31 + target * 17 + port, 0x9e3779b1) >>> 16;
}

function countsInOne(phases: readonly (readonly Datagram[])[]): Record<number, number> {
  const replay = new Replay(rules, {}, { thresholds });
  expect(replay.failed).toBe(0);
  for (const one of phases.flat()) {
    const { bytes, timeUs } = packetOf(one);
    replay.packet(bytes, timeUs);
  }
  const counts: Record<number, number> = {};
  for (const { sid } of replay.alerts) counts[sid] = (counts[sid] ?? 0) + 1;
  return counts;
}

describe("the state of rules in several threads", () => {
  let threads: EngineThreads;

  beforeAll(async () => {
    threads = await EngineThreads.start(THREADS);
  });
  afterAll(async () => await threads.end());

  async function countsInThreads(
    phases: readonly (readonly Datagram[])[],
  ): Promise<Record<number, number>> {
    const memory = createSharedState(defaultDetectionLimits, 1000, 7, THREADS);
    await threads.all((index) => ({
      kind: "begin",
      rules,
      thresholds,
      memory,
      threadNumber: index + 1,
    }));
    let answers: readonly { readonly counts: Readonly<Record<number, number>> }[] = [];
    for (const phase of phases) {
      answers = await threads.all((index) => ({
        kind: "packets",
        packets: phase.filter((one) => threadOf(one) % THREADS === index).map(packetOf),
      }));
    }
    const sums: Record<number, number> = {};
    for (const { counts } of answers) {
      for (const [sid, count] of Object.entries(counts)) {
        sums[Number(sid)] = (sums[Number(sid)] ?? 0) + count;
      }
    }
    return sums;
  }

  it("gives as many alerts for each rule as one engine gives", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(datagram, { minLength: 50, maxLength: 400, size: "max" }),
        async (datagrams) => {
          const phases = phasesOf(datagrams);
          expect(await countsInThreads(phases)).toEqual(countsInOne(phases));
        },
      ),
      { numRuns: 8, endOnFailure: true },
    );
  });
});
