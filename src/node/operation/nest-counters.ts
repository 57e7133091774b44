/** Counters with dotted names as nested objects, the shape of the stats event. */
import type { Counters } from "../../core/engine/records/stats-record.ts";
import type { Json } from "./control-command.ts";

interface Tree {
  [name: string]: Tree | Json;
}

export function nestCounters(counters: Counters): Json {
  const root: Tree = {};
  for (const [name, value] of counters) {
    const path = name.split(".");
    const last = path.pop() ?? name;
    let node = root;
    for (const part of path) {
      const next = node[part];
      const isTree = typeof next === "object" && next !== null && !Array.isArray(next);
      const child: Tree = isTree ? (next as Tree) : {}; // only trees are objects here
      node[part] = child;
      node = child;
    }
    // A text is JSON already: the few counters that are lists.
    node[last] = typeof value === "string" ? (JSON.parse(value) as Json) : value;
  }
  return root as Json;
}
