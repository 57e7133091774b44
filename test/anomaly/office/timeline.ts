/**
 * What many actors do at the same time, in one order: each is a generator that yields the seconds until its next turn,
 * and sends packets in between. A heap by time holds those that wait.
 */
export type Actor = Generator<number, void, unknown>;

interface Waiting {
  readonly at: number;
  /** Ties go in the order of arrival, so that a run can be had again. */
  readonly order: number;
  readonly actor: Actor;
}

export class Timeline {
  /** Unix seconds. */
  now: number;
  /** Where packets go; the bytes are valid during the call. */
  readonly emit: (bytes: Uint8Array, seconds: number) => void;
  private readonly heap: Waiting[] = [];
  private arrivals = 0;

  constructor(start: number, emit: (bytes: Uint8Array, seconds: number) => void) {
    this.now = start;
    this.emit = emit;
  }

  /** An actor begins after so many seconds. */
  start(actor: Actor, afterSeconds = 0): void {
    this.push({ at: this.now + Math.max(0, afterSeconds), order: this.arrivals++, actor });
  }

  startAt(actor: Actor, seconds: number): void {
    this.start(actor, seconds - this.now);
  }

  /** Sends a packet now. */
  send(bytes: Uint8Array): void {
    this.emit(bytes, this.now);
  }

  run(end: number): void {
    for (;;) {
      const next = this.heap[0];
      if (next === undefined || next.at >= end) return;
      this.now = next.at;
      const turn = next.actor.next();
      if (turn.done === true) this.pop();
      else this.replaceTop({ ...next, at: this.now + turn.value, order: this.arrivals++ });
    }
  }

  private push(item: Waiting): void {
    const { heap } = this;
    let at = heap.length;
    heap.push(item);
    while (at > 0) {
      const parent = (at - 1) >> 1;
      const above = heap[parent];
      if (above === undefined || isBefore(above, item)) break;
      heap[at] = above;
      at = parent;
    }
    heap[at] = item;
  }

  private pop(): void {
    const last = this.heap.pop();
    if (last !== undefined && this.heap.length > 0) this.replaceTop(last);
  }

  private replaceTop(item: Waiting): void {
    const { heap } = this;
    let at = 0;
    for (;;) {
      let child = 2 * at + 1;
      const left = heap[child];
      if (left === undefined) break;
      const right = heap[child + 1];
      let least = left;
      if (right !== undefined && isBefore(right, left)) {
        least = right;
        child++;
      }
      if (isBefore(item, least)) break;
      heap[at] = least;
      at = child;
    }
    heap[at] = item;
  }
}

function isBefore(one: Waiting, other: Waiting): boolean {
  return one.at < other.at || (one.at === other.at && one.order < other.order);
}
