/** Packets from one or several interfaces that are only watched. */
import type { LiveRecord, LiveSource } from "../../node/live/live-source.ts";
import type { InterfaceState, PacketPump } from "./packet-pump.ts";

/** Packets taken from one interface before the next has its turn. */
const BATCH_PACKETS = 256;

export class ListenPump implements PacketPump {
  private readonly sources: readonly LiveSource[];
  private readonly onRecord: (record: LiveRecord) => void;

  constructor(sources: readonly LiveSource[], onRecord: (record: LiveRecord) => void) {
    this.sources = sources;
    this.onRecord = onRecord;
  }

  get isPlayback(): boolean {
    return this.sources.every(({ driver }) => driver === "capture");
  }

  pump(): number {
    let count = 0;
    for (const source of this.sources) count += source.poll(this.onRecord, BATCH_PACKETS);
    return count;
  }

  async wait(timeoutMs: number): Promise<boolean> {
    return await Promise.race(this.sources.map((source) => source.wait(timeoutMs)));
  }

  interfaces(): readonly InterfaceState[] {
    return this.sources.map((source) => ({
      name: source.name,
      driver: source.driver,
      ...source.counts(),
    }));
  }

  close(): void {
    for (const source of this.sources) source.close();
  }
}
