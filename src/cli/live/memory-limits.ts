/** Memory limits of a running engine that can be changed: the engine reads the options of streams each time. */
import type { StreamOptions } from "../../core/stream/stream-options.ts";
import type { EngineSettings } from "../../node/config/engine-settings.ts";

export class MemoryLimits {
  /** What the engine is made with. */
  readonly stream: StreamOptions;
  /** Bytes for flows. */
  flowBytes: number;
  private readonly changeable: { -readonly [K in keyof StreamOptions]: StreamOptions[K] };

  /** @param isShadow segments that do not fit the connection are not dropped. */
  constructor({ stream, flow }: EngineSettings, isShadow: boolean) {
    this.changeable = isShadow ? { ...stream, dropInvalid: false } : { ...stream };
    this.stream = this.changeable;
    this.flowBytes = flow.memoryLimitBytes;
  }

  setStream(limitBytes: number): void {
    this.changeable.memoryLimitBytes = limitBytes;
  }

  setReassembly(limitBytes: number): void {
    this.changeable.reassemblyMemoryLimitBytes = limitBytes;
  }
}
