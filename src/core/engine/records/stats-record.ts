/** EVE `stats`: all counters as nested objects, from dotted names. */
import { defineEvent } from "../../eve/event-declaration.ts";
import type { JsonWriter } from "../../eve/json-writer.ts";
import type { EveContext } from "./envelope.ts";

export const statsEvent = defineEvent({
  type: "stats",
  summary: "The engine's counters, periodically and at the end.",
  fields: {
    "stats.uptime": "seconds since the engine started",
    "stats.decoder": "packets and bytes by layer, and decoder events",
    "stats.flow": "flows by protocol, ends, memory",
    "stats.tcp": "sessions, reassembly, memory",
    "stats.defrag": "fragments and reassembled datagrams",
    "stats.detect": "alerts, suppressed alerts, rules loaded",
    "stats.ips": "verdicts, when packets can be dropped",
  },
});

/** A counter's value, or a JSON text for the few that are lists. */
export type CounterValue = number | string;
export type Counters = Map<string, CounterValue>;

interface CounterTree {
  readonly children: Map<string, CounterTree | CounterValue>;
}

/** The line for one snapshot. @param previous the counters of the last event, for deltas. */
export function writeStatsEvent(
  context: EveContext,
  counters: Counters,
  timeUs: number,
  previous: Counters | null,
): string {
  const options = context.options.stats;
  const { writer } = context;
  writer.beginObject();
  writer.string("timestamp", context.timestamps.format(timeUs));
  writer.string("event_type", "stats");
  const tree: CounterTree = { children: new Map() };
  for (const [name, value] of counters) {
    if (options?.nullValues === false && value === 0) continue;
    insert(tree, name.split("."), value);
    if (options?.deltas === true && typeof value === "number") {
      const before = previous?.get(name);
      insert(tree, `${name}_delta`.split("."), value - (typeof before === "number" ? before : 0));
    }
  }
  writeTree(writer, "stats", tree);
  writer.endObject();
  return writer.take();
}

function insert(tree: CounterTree, path: readonly string[], value: CounterValue): void {
  let node = tree;
  for (const name of path.slice(0, -1)) {
    const next = node.children.get(name);
    if (typeof next === "object") {
      node = next;
      continue;
    }
    const child: CounterTree = { children: new Map() };
    node.children.set(name, child);
    node = child;
  }
  node.children.set(path[path.length - 1]!, value);
}

function writeTree(writer: JsonWriter, name: string, tree: CounterTree): void {
  writer.beginObject(name);
  for (const [key, value] of tree.children) {
    if (typeof value === "object") writeTree(writer, key, value);
    else if (typeof value === "string") writer.raw(key, value);
    else writer.number(key, value);
  }
  writer.endObject();
}
