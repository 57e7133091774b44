/** The engine built up stage by stage, over a capture that lies in the arena. */
import type { Arena } from "../src/core/bytes/arena.ts";
import { BlockPool } from "../src/core/bytes/block-pool.ts";
import { RecordsAhead } from "../src/core/bytes/records-ahead.ts";
import type { RuleBuilder } from "../src/core/detect/rule-builder.ts";
import type { RuleSet } from "../src/core/detect/rule-set.ts";
import { Engine } from "../src/core/engine/engine.ts";
import type { Reporter } from "../src/core/engine/engine-options.ts";
import { FlowTable } from "../src/core/flow/flow-table.ts";
import { FragmentTable } from "../src/core/flow/fragments.ts";
import { Decoder } from "../src/core/layers/decode.ts";
import { Packet } from "../src/core/layers/packet.ts";
import { CaptureCode, CaptureReader } from "../src/core/pcap/capture-reader.ts";
import type { EngineSettings } from "../src/node/config/engine-settings.ts";

export interface LoadedCapture {
  readonly start: number;
  readonly length: number;
}

export interface Bench {
  readonly arena: Arena;
  /** Where an engine allocates; emptied for the next one. */
  readonly engineArena: Arena;
  readonly builder: RuleBuilder;
  readonly settings: EngineSettings;
}

export type Stage = "decode" | "flow" | "stream" | "detection";

export const stages: readonly Stage[] = ["decode", "flow", "stream", "detection"];

/** Makes the stage ready; what it returns takes all packets of the capture through it, once. */
export function prepareStage(
  bench: Bench,
  capture: LoadedCapture,
  stage: Stage,
  ruleSet: RuleSet | null,
  reporters: readonly Reporter[] = [],
): () => void {
  bench.engineArena.reset();
  const { bytes } = bench.arena;
  const reader = new CaptureReader(bytes, capture.start, capture.start + capture.length);
  reader.dataEnd = capture.start + capture.length;
  if (stage === "decode" || stage === "flow")
    return prepareDecoder(bench, reader, stage === "flow");
  return prepareEngine(bench, reader, stage === "detection" ? ruleSet : null, reporters);
}

function prepareDecoder(
  { arena, engineArena, settings }: Bench,
  reader: CaptureReader,
  withFlows: boolean,
): () => void {
  const pool = new BlockPool(engineArena, settings.defragMemoryBytes);
  const fragments = new FragmentTable(engineArena, pool, settings.defrag);
  const decoder = new Decoder(arena.bytes, settings.decoder, fragments);
  const flows = new FlowTable(settings.flow, () => {}, arena.bytes);
  const packet = new Packet();
  return () => {
    while (reader.next() === CaptureCode.record) {
      packet.reset();
      packet.start = reader.start;
      packet.end = reader.end;
      packet.wireLength = reader.wireLength;
      packet.timeUs = reader.timeUs;
      packet.linkType = reader.linkType;
      decoder.decode(packet);
      if (!withFlows || packet.invalid) continue;
      flows.expire(packet.timeUs);
      flows.lookup(packet);
    }
  };
}

function prepareEngine(
  { engineArena, builder, settings }: Bench,
  reader: CaptureReader,
  ruleSet: RuleSet | null,
  reporters: readonly Reporter[],
): () => void {
  const engine = new Engine({
    arena: engineArena,
    kernels: builder.kernels,
    decoder: settings.decoder,
    defrag: settings.defrag,
    defragMemoryBytes: settings.defragMemoryBytes,
    flow: settings.flow,
    stream: settings.stream,
    exceptionPolicies: settings.exceptionPolicies,
    checksums: settings.checksums,
    protocols: settings.protocols,
    filePolicy: settings.filePolicy,
    ruleSet,
    inline: false,
    alertsPerPacketMax: settings.alertsPerPacketMax,
    statsIntervalSeconds: 0,
    extraCounters: [],
    reporters,
  });
  return () => {
    const ahead = new RecordsAhead();
    while (reader.next() === CaptureCode.record) {
      engine.process(reader.start, reader.end, reader);
      if (--ahead.count > 0) continue;
      reader.peek(ahead);
      engine.flows.foresee(ahead);
    }
    engine.finish();
  };
}
