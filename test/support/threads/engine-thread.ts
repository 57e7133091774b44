/** A thread of tests: an engine that shares its state with others, or the shared table alone. */
import { parentPort } from "node:worker_threads";
import {
  DetectionState,
  defaultDetectionLimits,
} from "../../../src/core/detect/detection-state.ts";
import { SharedAddressTable } from "../../../src/core/detect/shared-address-table.ts";
import { SharedState } from "../../../src/core/detect/shared-state.ts";
import { Replay } from "../replay-bytes.ts";
import type { ThreadAnswer, ThreadOrder } from "./order.ts";

let replay: Replay | null = null;
let shared: SharedState | null = null;

function alertCounts(): Record<number, number> {
  const counts: Record<number, number> = {};
  for (const { sid } of replay?.alerts ?? []) counts[sid] = (counts[sid] ?? 0) + 1;
  return counts;
}

/** Each round adds one to each key, as a threshold does. */
function count(table: SharedAddressTable, rounds: number, keys: number): number {
  const address = new Int32Array(4);
  for (let round = 0; round < rounds; round++) {
    for (let key = 0; key < keys; key++) {
      address[0] = key;
      table.key.set(1, 7, address);
      if (!table.acquire()) continue;
      const slot = table.insert(0);
      if (slot >= 0) table.amount[slot]!++;
      table.release();
    }
  }
  return table.refused + table.closed;
}

function obey(order: ThreadOrder): Record<number, number> {
  switch (order.kind) {
    case "begin": {
      shared = new SharedState(order.memory, order.threadNumber);
      const state = new DetectionState(defaultDetectionLimits, 0, shared);
      const { rules, thresholds } = order;
      replay = new Replay(rules, {}, { builder: { state }, thresholds });
      if (replay.failed > 0) throw new Error("a rule is bad");
      return {};
    }
    case "idle":
      shared?.rings.poll();
      return alertCounts();
    case "packets":
      for (const { bytes, timeUs } of order.packets) replay?.packet(bytes, timeUs);
      return alertCounts();
    case "count": {
      const table = new SharedAddressTable(order.memory, order.threadNumber);
      return { 0: count(table, order.rounds, order.keys) };
    }
    case "die": {
      const table = new SharedAddressTable(order.memory, order.threadNumber);
      table.key.set(1, 7, Int32Array.of(order.key, 0, 0, 0));
      if (!table.acquire()) throw new Error("the lock was not free");
      return {};
    }
    default:
      return order satisfies never;
  }
}

parentPort?.on("message", (order: ThreadOrder) => {
  parentPort?.postMessage({
    counts: obey(order),
    tagged: replay?.taggedCount ?? 0,
  } satisfies ThreadAnswer);
});
