/**
 * A regular pattern that accepts at least what a given one accepts: look-arounds vanish, atomic groups may
 * be backtracked into, a back-reference becomes a copy of its group, high counts become "many". The
 * backtracker asks it, in linear time, whether a match is possible before it spends its step limit.
 */
import { allBytes } from "./byte-set.ts";
import {
  type BackReferenceNode,
  EMPTY_NODE,
  type RegexNode,
  type RepeatNode,
} from "./syntax-tree.ts";

/**
 * Counts above these are not written out: the pre-check may be loose, but must be small. A range such as
 * `.{1,12}` multiplies the DFA's states by its width; a fixed count or a minimum does not.
 */
const COUNT_MAX = 12;
const RANGE_WIDTH_MAX = 2;

export function relax(root: RegexNode): RegexNode {
  const bodies = new Map<number, RegexNode[]>();
  collectGroups(root, bodies);
  return new Relaxer(bodies).relax(root);
}

function collectGroups(node: RegexNode, bodies: Map<number, RegexNode[]>): void {
  if (node.kind === "group") {
    bodies.set(node.capture, [...(bodies.get(node.capture) ?? []), node.body]);
  }
  if (node.kind === "concat" || node.kind === "alternate") {
    for (const item of node.items) collectGroups(item, bodies);
  } else if (node.kind === "conditional") {
    if ("kind" in node.condition) collectGroups(node.condition, bodies);
    collectGroups(node.yes, bodies);
    collectGroups(node.no, bodies);
  } else if ("body" in node) {
    collectGroups(node.body, bodies);
  }
}

class Relaxer {
  private readonly bodies: ReadonlyMap<number, readonly RegexNode[]>;
  /** Groups whose copy is being made; a reference to one of them becomes "anything". */
  private readonly open = new Set<number>();
  private foldCase = false;
  /** References of references copy copies; past this many nodes a reference becomes "anything". */
  private nodesLeft = 3_000;

  constructor(bodies: ReadonlyMap<number, readonly RegexNode[]>) {
    this.bodies = bodies;
  }

  relax(node: RegexNode): RegexNode {
    this.nodesLeft--;
    switch (node.kind) {
      case "set":
        return this.foldCase ? { kind: "set", set: node.set.caseFolded() } : node;
      case "concat":
      case "alternate":
        return { kind: node.kind, items: node.items.map((item) => this.relax(item)) };
      case "group":
      case "atomic":
        return this.relax(node.body);
      case "repeat":
        return this.relaxRepeat(node);
      case "conditional":
        return { kind: "alternate", items: [this.relax(node.yes), this.relax(node.no)] };
      case "backreference":
        return this.relaxReference(node);
      case "assert":
        return this.open.size > 0 || node.assertion > 6 ? EMPTY_NODE : node;
      case "empty":
      case "look":
      case "keep":
        return EMPTY_NODE;
      default:
        return node satisfies never;
    }
  }

  private relaxRepeat(node: RepeatNode): RegexNode {
    const isLarge = node.max > COUNT_MAX || node.max - node.min > RANGE_WIDTH_MAX;
    const max = isLarge ? Number.POSITIVE_INFINITY : node.max;
    const min = Math.min(node.min, COUNT_MAX);
    return { kind: "repeat", body: this.relax(node.body), min, max, mode: "greedy" };
  }

  /** A copy stands elsewhere than the group, so what its assertions see differs: they are dropped. */
  private relaxReference(node: BackReferenceNode): RegexNode {
    const items: RegexNode[] = [];
    const foldedBefore = this.foldCase;
    this.foldCase = foldedBefore || node.caseless;
    for (const group of node.groups) {
      const bodies = this.bodies.get(group);
      if (bodies === undefined || this.open.has(group) || this.nodesLeft < 0)
        return this.anything(foldedBefore);
      this.open.add(group);
      for (const body of bodies) items.push(this.relax(body));
      this.open.delete(group);
    }
    this.foldCase = foldedBefore;
    return { kind: "alternate", items };
  }

  private anything(foldCase: boolean): RegexNode {
    this.foldCase = foldCase;
    const any: RegexNode = { kind: "set", set: allBytes() };
    return { kind: "repeat", body: any, min: 0, max: Number.POSITIVE_INFINITY, mode: "greedy" };
  }
}
