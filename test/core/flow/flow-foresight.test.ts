import { expect, it } from "vitest";
import { RECORDS_AHEAD, RecordsAhead } from "../../../src/core/bytes/records-ahead.ts";
import type { Flow } from "../../../src/core/flow/flow.ts";
import { stockFlowOptions } from "../../../src/core/flow/flow-options.ts";
import { FlowTable } from "../../../src/core/flow/flow-table.ts";
import { Packet } from "../../../src/core/layers/packet.ts";
import { Random } from "../../support/random.ts";

const ETHERNET = 1;

/** Flow numbers of random packets; before each the table looks at random bytes that may come. */
function serialsOf(seed: number, foresees: boolean): number[] {
  const random = new Random(seed);
  const bytes = random.bytes(4096);
  const table = new FlowTable({ ...stockFlowOptions, hashKey: 3 }, () => {}, bytes);
  const noise = new Random(99);
  const ahead = new RecordsAhead();
  ahead.linkType = ETHERNET;
  const serials: number[] = [];
  for (let i = 0; i < 3000; i++) {
    if (foresees) {
      ahead.count = 1 + noise.below(RECORDS_AHEAD);
      for (let k = 0; k < ahead.count; k++) look(ahead, k, bytes, noise);
      table.foresee(ahead);
    }
    serials.push(flowOf(table, random, i).serial);
  }
  return serials;
}

/** Any bytes, some of them with the types of IPv4 and IPv6. */
function look(ahead: RecordsAhead, index: number, bytes: Uint8Array, noise: Random): void {
  const start = noise.below(4000);
  const type = noise.below(3);
  if (type < 2) bytes.set(type === 0 ? [0x08, 0x00] : [0x86, 0xdd], start + 12);
  bytes[start + 23] = noise.below(2) === 0 ? 6 : 17;
  ahead.starts[index] = start;
  ahead.ends[index] = Math.min(4096, start + noise.below(200));
}

function flowOf(table: FlowTable, random: Random, number: number): Flow {
  const packet = new Packet();
  const base = { wantsFlow: true, ipVersion: 4, protocol: 17, transport: 17 };
  Object.assign(packet, base, { timeUs: 1e15 + number, wireLength: 60, end: 60 });
  const ends = [random.below(20), random.below(20)];
  packet.sourceWords[0] = ends[0]!;
  packet.destinationWords[0] = ends[1]!;
  packet.sourcePort = random.below(4);
  packet.destinationPort = random.below(4);
  return table.lookup(packet)!;
}

it("changes no flow, whatever lies ahead", () => {
  for (let seed = 1; seed <= 5; seed++)
    expect(serialsOf(seed, true)).toEqual(serialsOf(seed, false));
});
