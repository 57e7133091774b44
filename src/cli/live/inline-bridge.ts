/**
 * A bridge of two interfaces with the engine in between: what is not stopped goes to the other side, in order and
 * once; what is rejected is answered. A packet leaves only after its verdict.
 */
import { VERDICT_STOPS, Verdict } from "../../core/detect/verdict.ts";
import { RejectBuilder } from "../../core/engine/reject-builder.ts";
import type { InlinePort } from "../../node/live/inline-port.ts";
import type { LiveRecord } from "../../node/live/live-source.ts";
import type { LiveSession } from "./live-session.ts";
import type { InterfaceState, PacketPump } from "./packet-pump.ts";

/** Packets taken from one side before the other has its turn. */
const BATCH_PACKETS = 256;

export class InlineBridge implements PacketPump {
  /** Packets cut by the ring, which cannot go on. */
  truncated = 0;
  private readonly ports: readonly [InlinePort, InlinePort];
  private readonly session: LiveSession;
  private readonly rejects: RejectBuilder;
  /** Pairs of start and length that wait to be sent. */
  private readonly outgoing = new Int32Array(2 * BATCH_PACKETS);
  private readonly answer = new Int32Array(2);
  private outgoingCount = 0;
  private from: InlinePort;
  private to: InlinePort;
  private readonly onRecord = (record: LiveRecord) => this.judge(record);

  constructor(session: LiveSession, ports: readonly [InlinePort, InlinePort]) {
    this.session = session;
    this.ports = ports;
    this.rejects = new RejectBuilder(session.arena, session.builder.kernels);
    [this.from, this.to] = ports;
  }

  pump(): number {
    const [a, b] = this.ports;
    return this.move(a, b) + this.move(b, a);
  }

  async wait(timeoutMs: number): Promise<boolean> {
    return await Promise.race(this.ports.map((port) => port.wait(timeoutMs)));
  }

  /** Packets that arrived before forwarding began are another's. */
  discard(): void {
    for (const port of this.ports) port.discard();
  }

  interfaces(): readonly InterfaceState[] {
    return this.ports.map((port) => ({
      name: port.name,
      driver: port.driver,
      ...port.counts(),
      forwarded: port.sent,
      sendFailures: port.sendFailures,
    }));
  }

  close(): void {
    for (const port of this.ports) port.close();
  }

  private move(from: InlinePort, to: InlinePort): number {
    this.from = from;
    this.to = to;
    const count = from.poll(this.onRecord, BATCH_PACKETS);
    this.flush();
    return count;
  }

  private judge(record: LiveRecord): void {
    const verdict = this.session.process(record);
    if ((verdict & VERDICT_STOPS) !== 0) {
      if ((verdict & (Verdict.rejectSource | Verdict.rejectDestination)) !== 0)
        this.reject(verdict);
      return;
    }
    const length = record.end - record.start;
    if (length < record.wireLength) {
      this.truncated++;
      return;
    }
    const at = 2 * this.outgoingCount++;
    this.outgoing[at] = record.start;
    this.outgoing[at + 1] = length;
  }

  private flush(): void {
    this.to.send(this.outgoing, this.outgoingCount);
    this.outgoingCount = 0;
  }

  /** What came before the rejected packet is sent first, so that a reset does not overtake it. */
  private reject(verdict: number): void {
    const { rejects, session } = this;
    const { packet } = session.engine;
    this.flush();
    if ((verdict & Verdict.rejectSource) !== 0) {
      this.sendAnswer(this.from, rejects.answerSource(packet));
    }
    if ((verdict & Verdict.rejectDestination) !== 0) {
      this.sendAnswer(this.to, rejects.answerDestination(packet));
    }
  }

  private sendAnswer(port: InlinePort, length: number): void {
    if (length === 0) return;
    this.session.arena.bytes.fill(0, this.rejects.start - 16, this.rejects.start);
    this.answer[0] = this.rejects.start;
    this.answer[1] = length;
    port.send(this.answer, 1);
  }
}
