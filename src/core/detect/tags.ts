/**
 * Tags of rules: which later packets of a session or host are recorded, until a count of packets, seconds or
 * bytes is reached. Bounded; at the limit a new host tag is refused.
 */
import { addressToText } from "../bytes/address-text.ts";
import type { Packet } from "../layers/packet.ts";
import type { TagSpec } from "./rule-state.ts";

/** Tagged hosts and sessions kept at once. */
export const TAGS_MAX = 65_536;

interface Tag {
  readonly spec: TagSpec;
  readonly startUs: number;
  readonly firstCapture: number;
  packets: number;
  bytes: number;
}

export class Tags {
  refused = 0;
  private readonly bySession = new Map<number, Tag[]>();
  private readonly byHost = new Map<string, Tag[]>();

  set(spec: TagSpec, packet: Packet): void {
    const tag = {
      spec,
      startUs: packet.timeUs,
      firstCapture: packet.captureNumber,
      packets: 0,
      bytes: 0,
    };
    if (spec.scope === "session") {
      if (packet.flow !== null) this.add(this.bySession, packet.flow.id, tag);
      return;
    }
    const words =
      spec.hostDirection === "destination" ? packet.destinationWords : packet.sourceWords;
    this.add(this.byHost, addressToText(packet.ipVersion, words), tag);
  }

  /** Whether the packet is to be recorded because of an earlier match; counts it. */
  covers(packet: Packet): boolean {
    if (this.bySession.size === 0 && this.byHost.size === 0) return false;
    // A packet that the engine made has no bytes to record.
    if (packet.captureNumber === 0) return false;
    let covered = packet.flow !== null && this.count(this.bySession, packet.flow.id, packet);
    if (this.byHost.size > 0 && packet.ipVersion !== 0) {
      const source = addressToText(packet.ipVersion, packet.sourceWords);
      const destination = addressToText(packet.ipVersion, packet.destinationWords);
      covered = this.count(this.byHost, source, packet) || covered;
      covered = this.count(this.byHost, destination, packet) || covered;
    }
    return covered;
  }

  clear(): void {
    this.bySession.clear();
    this.byHost.clear();
  }

  private add<Key>(tags: Map<Key, Tag[]>, key: Key, tag: Tag): void {
    const list = tags.get(key);
    if (list !== undefined) {
      if (!list.some(({ spec }) => spec === tag.spec)) list.push(tag);
    } else if (tags.size < TAGS_MAX) tags.set(key, [tag]);
    else this.refused++;
  }

  private count<Key>(tags: Map<Key, Tag[]>, key: Key, packet: Packet): boolean {
    const list = tags.get(key);
    if (list === undefined) return false;
    let covered = false;
    const alive = list.filter((tag) => {
      if (tag.firstCapture === packet.captureNumber) return true;
      tag.packets++;
      tag.bytes += packet.wireLength;
      const isAlive = !isOver(tag, packet.timeUs);
      covered ||= isAlive;
      return isAlive;
    });
    if (alive.length === 0) tags.delete(key);
    else if (alive.length < list.length) tags.set(key, alive);
    return covered;
  }
}

function isOver(tag: Tag, nowUs: number): boolean {
  const { count, metric } = tag.spec;
  if (count === 0) return false;
  if (metric === "packets") return tag.packets > count;
  if (metric === "bytes") return tag.bytes > count;
  return nowUs - tag.startUs > count * 1_000_000;
}
