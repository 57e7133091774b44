/** Runs a capture's bytes through rules in memory: the whole engine, without files. */
import path from "node:path";
import { Arena } from "../../src/core/bytes/arena.ts";
import { ArrayPool } from "../../src/core/bytes/array-pool.ts";
import type { Alert } from "../../src/core/detect/alert-queue.ts";
import { compileRules } from "../../src/core/detect/compile-rules.ts";
import { DetectionState } from "../../src/core/detect/detection-state.ts";
import { NameTable, type RuleBuilder } from "../../src/core/detect/rule-builder.ts";
import type { RuleSet } from "../../src/core/detect/rule-set.ts";
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
import { parseThresholdFile, type ThresholdLine } from "../../src/core/rule/threshold-file.ts";
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
  /** Lines of threshold.config. */
  readonly thresholds?: string;
  readonly onAlert?: (alert: Alert, packet: Packet) => void;
}

const MEGABYTE = 1024 ** 2;
const PACKET_BYTES_MAX = 65_600;

/** @param rulesText rules as latin-1 text. */
export function replayBytes(
  capture: Uint8Array,
  rulesText: string,
  stream: Partial<StreamOptions> = {},
  extras: ReplayExtras = {},
): Replayed {
  const replay = new Replay(rulesText, stream, extras);
  replay.capture(capture);
  replay.finish();
  return replay;
}

/** An engine with rules that packets are given to as they come. */
export class Replay implements Replayed {
  readonly alerts: ReplayedAlert[] = [];
  flowCount = 0;
  failed = 0;
  /** Packets that are recorded because a rule tagged them. */
  taggedCount = 0;
  readonly engine: Engine;
  private readonly arena = new Arena(64 * MEGABYTE);
  private readonly region: number;
  private readonly builder: RuleBuilder;
  private readonly thresholds: string;

  constructor(rulesText: string, stream: Partial<StreamOptions> = {}, extras: ReplayExtras = {}) {
    const builder = { ...createBuilder(this.arena), ...extras.builder };
    this.builder = builder;
    this.thresholds = extras.thresholds ?? "";
    const ruleSet = this.compile(rulesText, builder);
    this.engine = new Engine({
      arena: this.arena,
      kernels: builder.kernels,
      decoder: defaultDecoderOptions,
      defrag: defaultDefragOptions,
      defragMemoryBytes: MEGABYTE,
      flow: stockFlowOptions,
      stream: { ...stockStreamOptions, reassemblyMemoryLimitBytes: 16 * MEGABYTE, ...stream },
      checksums: "verify",
      protocols: builder.protocols,
      filePolicy: {
        ...defaultFilePolicy,
        arrays: new ArrayPool(),
        magic: builder.magic ?? null,
      },
      ruleSet,
      inline: false,
      alertsPerPacketMax: 15,
      statsIntervalSeconds: 0,
      extraCounters: [],
      reporters: [
        {
          onPacket: (packet, found, tagged) => {
            if (tagged) this.taggedCount++;
            this.note(packet, found, extras);
          },
          onFlowEnd: () => {
            this.flowCount++;
          },
        },
      ],
    });
    this.region = this.arena.allocate(PACKET_BYTES_MAX);
  }

  /** One Ethernet packet. */
  packet(bytes: Uint8Array, timeUs: number): void {
    const { region } = this;
    this.arena.bytes.set(bytes, region);
    const { length } = bytes;
    const record = { wireLength: length, timeUs, linkType: 1, interfaceIndex: 0 };
    this.engine.process(region, region + length, record);
  }

  /** All packets of a capture. */
  capture(bytes: Uint8Array): void {
    const { arena, engine } = this;
    const region = arena.allocate(bytes.length + 16);
    arena.bytes.set(bytes, region);
    const reader = new CaptureReader(arena.bytes, region, region + bytes.length);
    reader.dataEnd = region + bytes.length;
    while (reader.next() === CaptureCode.record) engine.process(reader.start, reader.end, reader);
  }

  /** Other rules take the place of those before, as with a reload; `isUsed` false: they are loaded, and no more. */
  reload(rulesText: string, isUsed = true): void {
    const ruleSet = this.compile(rulesText, { ...this.builder });
    if (isUsed) this.engine.replaceRules(ruleSet);
  }

  finish(): void {
    this.engine.finish();
  }

  private compile(rulesText: string, builder: RuleBuilder): RuleSet {
    const rules: RuleSyntax[] = [];
    parseRules(
      "test.rules",
      rulesText,
      (rule) => rules.push(rule),
      ({ severity }) => {
        if (severity !== "warning") this.failed++;
      },
    );
    const { ruleSet, counts } = compileRules(rules, {
      keywords,
      builder,
      classifications: new Map(),
      references: new Map(),
      thresholds: this.thresholdLines(),
    });
    this.failed += counts.failed + counts.unsupported;
    return ruleSet;
  }

  private thresholdLines(): readonly ThresholdLine[] {
    return parseThresholdFile("threshold.config", this.thresholds, () => this.failed++);
  }

  private note(packet: Packet, found: readonly Alert[], { onAlert }: ReplayExtras): void {
    for (const alert of found) {
      const { rule, fromStream, silent } = alert;
      if (silent) continue;
      this.alerts.push({ sid: rule.sid, captureNumber: packet.captureNumber, fromStream });
      onAlert?.(alert, packet);
    }
  }
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

/** ../shared beside the project, where real rules and captures may be. */
export const sharedFolder = path.resolve(import.meta.dirname, "../../../shared");
