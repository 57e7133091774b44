/** Runs a capture's bytes through rules in memory: the whole engine, without files. */
import path from "node:path";
import { Arena } from "../../src/core/bytes/arena.ts";
import { ArrayPool } from "../../src/core/bytes/array-pool.ts";
import type { Alert } from "../../src/core/detect/alert-queue.ts";
import { compileRules } from "../../src/core/detect/compile-rules.ts";
import { DetectionState } from "../../src/core/detect/detection-state.ts";
import { NameTable, type RuleBuilder } from "../../src/core/detect/rule-builder.ts";
import { Engine } from "../../src/core/engine/engine.ts";
import { defaultDefragOptions } from "../../src/core/flow/defrag-options.ts";
import { stockFlowOptions } from "../../src/core/flow/flow-options.ts";
import { keywords } from "../../src/core/keywords/index.ts";
import { defaultDecoderOptions } from "../../src/core/layers/decoder-options.ts";
import type { Packet } from "../../src/core/layers/packet.ts";
import { Kernels } from "../../src/core/match/kernels.ts";
import { CaptureCode, CaptureReader } from "../../src/core/pcap/capture-reader.ts";
import { defaultFilePolicy } from "../../src/core/protocols/file.ts";
import { protocols } from "../../src/core/protocols/index.ts";
import { ProtocolRegistry } from "../../src/core/protocols/registry.ts";
import { defaultSettings } from "../../src/core/protocols/settings.ts";
import { parseRules } from "../../src/core/rule/parse-rules.ts";
import type { RuleSyntax } from "../../src/core/rule/syntax-tree.ts";
import { type StreamOptions, stockStreamOptions } from "../../src/core/stream/stream-options.ts";

export interface ReplayedAlert {
  readonly sid: number;
  readonly captureNumber: number;
  readonly fromStream: boolean;
}

export interface Replayed {
  readonly alerts: readonly ReplayedAlert[];
  readonly flowCount: number;
  /** Rules that did not compile. */
  readonly failed: number;
}

/** What a test gives the engine beside rules, and wants to see of alerts. */
export interface ReplayExtras {
  readonly builder?: Partial<RuleBuilder>;
  readonly onAlert?: (alert: Alert, packet: Packet) => void;
}

const MEGABYTE = 1024 ** 2;

/** @param rulesText rules as latin-1 text. */
export function replayBytes(
  capture: Uint8Array,
  rulesText: string,
  stream: Partial<StreamOptions> = {},
  extras: ReplayExtras = {},
): Replayed {
  const arena = new Arena(64 * MEGABYTE);
  const builder = { ...createBuilder(arena), ...extras.builder };
  const rules: RuleSyntax[] = [];
  let failed = 0;
  parseRules(
    "test.rules",
    rulesText,
    (rule) => rules.push(rule),
    ({ severity }) => {
      if (severity !== "warning") failed++;
    },
  );
  const compiled = compileRules(rules, {
    keywords,
    builder,
    classifications: new Map(),
    references: new Map(),
    thresholds: [],
  });
  failed += compiled.counts.failed + compiled.counts.unsupported;
  const alerts: ReplayedAlert[] = [];
  let flowCount = 0;
  const engine = new Engine({
    arena,
    kernels: builder.kernels,
    decoder: defaultDecoderOptions,
    defrag: defaultDefragOptions,
    defragMemoryBytes: MEGABYTE,
    flow: stockFlowOptions,
    stream: { ...stockStreamOptions, reassemblyMemoryLimitBytes: 16 * MEGABYTE, ...stream },
    checksums: "verify",
    protocols: builder.protocols,
    filePolicy: { ...defaultFilePolicy, arrays: new ArrayPool() },
    ruleSet: compiled.ruleSet,
    inline: false,
    alertsPerPacketMax: 15,
    statsIntervalSeconds: 0,
    extraCounters: [],
    reporters: [
      {
        onPacket(packet, found) {
          for (const alert of found) {
            const { rule, fromStream, silent } = alert;
            if (silent) continue;
            alerts.push({ sid: rule.sid, captureNumber: packet.captureNumber, fromStream });
            extras.onAlert?.(alert, packet);
          }
        },
        onFlowEnd() {
          flowCount++;
        },
      },
    ],
  });
  feed(engine, arena, capture);
  engine.finish();
  return { alerts, flowCount, failed };
}

function createBuilder(arena: Arena): RuleBuilder {
  return {
    arena,
    kernels: new Kernels(arena),
    state: new DetectionState(),
    variables: { addressGroups: new Map(), portGroups: new Map() },
    limits: { regexStepsMax: 1_000_000, asn1FramesMax: 256 },
    flowBits: new NameTable(),
    flowInts: new NameTable(),
    hostBits: new NameTable(),
    xBits: new NameTable(),
    flowVariables: new NameTable(),
    packetVariables: new NameTable(),
    protocols: new ProtocolRegistry(protocols, () => defaultSettings),
    readFile: () => null,
  };
}

function feed(engine: Engine, arena: Arena, capture: Uint8Array): void {
  const region = arena.allocate(capture.length + 16);
  arena.bytes.set(capture, region);
  const reader = new CaptureReader(arena.bytes, region, region + capture.length);
  reader.dataEnd = region + capture.length;
  while (reader.next() === CaptureCode.record) engine.process(reader.start, reader.end, reader);
}

/** ../shared beside the project, where real rules and captures may be. */
export const sharedFolder = path.resolve(import.meta.dirname, "../../../shared");
