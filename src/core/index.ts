/** The public API of the core. */
export { Arena } from "./bytes/arena.ts";
export { compileRules } from "./detect/compile-rules.ts";
export { DetectionState } from "./detect/detection-state.ts";
export { NameTable } from "./detect/rule-builder.ts";
export { Engine } from "./engine/engine.ts";
export type { EngineOptions, Reporter } from "./engine/engine-options.ts";
export { EveReporter } from "./engine/eve-reporter.ts";
export { events } from "./engine/records/index.ts";
export { keywords } from "./keywords/index.ts";
export { decoderEventNames, streamEventNames } from "./layers/packet-events.ts";
export { Kernels } from "./match/kernels.ts";
export { CaptureReader } from "./pcap/capture-reader.ts";
export { diagnosticCodes } from "./rule/diagnostic-codes.ts";
export { parseRules } from "./rule/parse-rules.ts";
