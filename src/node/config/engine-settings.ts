/** From a configuration to what an engine is made of: one reader for each section. */

import { ArrayPool } from "../../core/bytes/array-pool.ts";
import { ALERTS_PER_PACKET_MAX } from "../../core/detect/alert-queue.ts";
import type { ChecksumMode } from "../../core/engine/checksum-watch.ts";
import type { PolicyTable } from "../../core/engine/exception-policies.ts";
import { type DefragOptions, defaultDefragOptions } from "../../core/flow/defrag-options.ts";
import { DefragPolicy, defragPolicyOfHost } from "../../core/flow/defrag-policy.ts";
import { codeFlowOptions, type FlowOptions } from "../../core/flow/flow-options.ts";
import {
  type DecoderOptions,
  defaultDecoderOptions,
  type TunnelOptions,
} from "../../core/layers/decoder-options.ts";
import { defaultFilePolicy, type FilePolicy } from "../../core/protocols/file.ts";
import { protocols } from "../../core/protocols/index.ts";
import { ProtocolRegistry } from "../../core/protocols/registry.ts";
import type { RuleVariables } from "../../core/rule/rule-variables.ts";
import type { StreamOptions } from "../../core/stream/stream-options.ts";
import { type DatasetSettings, readDatasets } from "./dataset-settings.ts";
import { readExceptionPolicies } from "./exception-settings.ts";
import { type HostPolicy, policyName, readHostPolicies } from "./host-policies.ts";
import { knowIdleSettings } from "./idle-settings.ts";
import { configSection } from "./section.ts";
import { readStream } from "./stream-settings.ts";
import type { ConfigTree } from "./tree.ts";
import {
  readBytes,
  readEntries,
  readList,
  readNumber,
  readSwitch,
  readText,
  readWord,
} from "./values.ts";

/** Memory of one count: key and columns, with what a hash table leaves free. */
const THRESHOLD_COUNT_BYTES = 128;

export interface EngineSettings {
  readonly variables: RuleVariables;
  readonly decoder: DecoderOptions;
  readonly defrag: DefragOptions;
  readonly defragMemoryBytes: number;
  readonly flow: FlowOptions;
  readonly stream: StreamOptions;
  readonly exceptionPolicies: PolicyTable;
  readonly checksums: ChecksumMode;
  readonly protocols: ProtocolRegistry;
  readonly filePolicy: FilePolicy;
  readonly alertsPerPacketMax: number;
  readonly thresholdCountsMax: number;
  readonly ruleFiles: readonly string[];
  readonly classificationFile: string | null;
  readonly referenceFile: string | null;
  readonly thresholdFile: string | null;
  readonly actionOrder: readonly string[];
  readonly reputationCategories: string | null;
  readonly reputationFiles: readonly string[];
  readonly reputationFolder: string;
  readonly rulesFolder: string | null;
  readonly datasets: DatasetSettings;
}

/** @param inline packets can be dropped: the stream then works inline unless it is told otherwise. */
export function readEngineSettings(
  tree: ConfigTree,
  host: { readonly inline: boolean; readonly hashKey: number },
): EngineSettings {
  knowIdleSettings(tree);
  const variables = readVariables(tree);
  const policies = readHostPolicies(tree, variables);
  return {
    variables,
    decoder: readDecoder(tree, variables),
    defrag: readDefrag(tree, policies, host.hashKey),
    defragMemoryBytes: readBytes(tree, "defrag.memcap", 32 * 1024 ** 2),
    flow: readFlow(tree, host.hashKey),
    stream: readStream(tree, policies, host.inline),
    exceptionPolicies: readExceptionPolicies(tree, host.inline),
    checksums: readChecksums(tree),
    protocols: readProtocols(tree),
    filePolicy: { ...defaultFilePolicy, arrays: new ArrayPool() },
    alertsPerPacketMax: readAlertsMax(tree),
    thresholdCountsMax: readThresholdCounts(tree),
    ruleFiles: readList(tree, "rule-files"),
    classificationFile: readText(tree, "classification-file"),
    referenceFile: readText(tree, "reference-config-file"),
    thresholdFile: readText(tree, "threshold-file"),
    actionOrder: readList(tree, "action-order"),
    reputationCategories: readText(tree, "reputation-categories-file"),
    reputationFiles: readList(tree, "reputation-files"),
    reputationFolder: readText(tree, "default-reputation-path") ?? ".",
    rulesFolder: readText(tree, "default-rule-path"),
    datasets: readDatasets(tree),
  };
}

/** A number that Suricata would not take either means its default. */
function readAlertsMax(tree: ConfigTree): number {
  const wanted = readNumber(tree, "packet-alert-max", ALERTS_PER_PACKET_MAX);
  return wanted >= 1 && wanted <= 255 ? wanted : ALERTS_PER_PACKET_MAX;
}

function readThresholdCounts(tree: ConfigTree): number {
  const memoryBytes = readBytes(tree, "detect.thresholds.memcap", 16 * 1024 ** 2);
  return Math.max(1, Math.floor(memoryBytes / THRESHOLD_COUNT_BYTES));
}

function readVariables(tree: ConfigTree): RuleVariables {
  return {
    addressGroups: new Map(readEntries(tree, "vars.address-groups")),
    portGroups: new Map(readEntries(tree, "vars.port-groups")),
  };
}

function readDecoder(tree: ConfigTree, variables: RuleVariables): DecoderOptions {
  return {
    ...defaultDecoderOptions,
    teredo: readTunnel(tree, "teredo", { enabled: true, ports: null }, variables),
    vxlan: readTunnel(tree, "vxlan", defaultDecoderOptions.vxlan, variables),
    geneve: readTunnel(tree, "geneve", defaultDecoderOptions.geneve, variables),
    gtp: readTunnel(tree, "gtp", defaultDecoderOptions.gtp, variables),
    vnTag: readSwitch(tree, "decoder.vntag.enabled", true),
    layersMax: readNumber(tree, "decoder.max-layers", defaultDecoderOptions.layersMax),
    depthInFlowKey: readSwitch(tree, "decoder.recursion-level.use-for-tracking", true),
  };
}

function readTunnel(
  tree: ConfigTree,
  name: string,
  fallback: TunnelOptions,
  variables: RuleVariables,
): TunnelOptions {
  const text = readText(tree, `decoder.${name}.ports`);
  const named = text === null ? "" : (variables.portGroups.get(text.replace(/^\$/, "")) ?? text);
  const ports = (named.match(/\d+/g) ?? []).map(Number);
  return {
    enabled: readSwitch(tree, `decoder.${name}.enabled`, fallback.enabled),
    ports: ports.length > 0 ? ports : fallback.ports,
  };
}

function readDefrag(
  tree: ConfigTree,
  policies: readonly HostPolicy[],
  hashKey: number,
): DefragOptions {
  return {
    ...defaultDefragOptions,
    trackersMax: readNumber(tree, "defrag.trackers", defaultDefragOptions.trackersMax),
    fragmentsMax: readNumber(tree, "defrag.max-frags", defaultDefragOptions.fragmentsMax),
    timeoutMs: readNumber(tree, "defrag.timeout", 60) * 1000,
    policyFor: (packet) => {
      if (policies.length === 0) return DefragPolicy.bsd;
      return defragPolicyOfHost(policyName(policies, packet.ipVersion, packet.destinationWords));
    },
    hashKey,
  };
}

function readFlow(tree: ConfigTree, hashKey: number): FlowOptions {
  const kinds = ["default", "tcp", "udp", "icmp"] as const;
  const timeouts = { ...codeFlowOptions.timeouts };
  for (const kind of kinds) {
    const before = codeFlowOptions.timeouts[kind];
    const read = (key: string, fallback: number): number =>
      readNumber(tree, `flow-timeouts.${kind}.${key}`, fallback);
    timeouts[kind] = {
      newSeconds: read("new", before.newSeconds),
      establishedSeconds: read("established", before.establishedSeconds),
      closedSeconds: read("closed", before.closedSeconds),
      bypassedSeconds: read("bypassed", before.bypassedSeconds),
      emergencyNewSeconds: read("emergency-new", before.emergencyNewSeconds),
      emergencyEstablishedSeconds: read(
        "emergency-established",
        before.emergencyEstablishedSeconds,
      ),
      emergencyClosedSeconds: read("emergency-closed", before.emergencyClosedSeconds),
      emergencyBypassedSeconds: read("emergency-bypassed", before.emergencyBypassedSeconds),
    };
  }
  return {
    ...codeFlowOptions,
    memoryLimitBytes: readBytes(tree, "flow.memcap", 128 * 1024 ** 2),
    hashKey,
    vlanTracking: readSwitch(tree, "vlan.use-for-tracking", true),
    depthTracking: readSwitch(tree, "decoder.recursion-level.use-for-tracking", true),
    emergencyRecoveryPercent: readNumber(tree, "flow.emergency-recovery", 30),
    timeouts,
  };
}

function readProtocols(tree: ConfigTree): ProtocolRegistry {
  tree.know("app-layer");
  return new ProtocolRegistry(protocols, (name) => {
    const key = `app-layer.protocols.${name}`;
    const value = tree.value(key);
    const isMap = value !== null && typeof value === "object" && !Array.isArray(value);
    return configSection(isMap ? value : {}, key);
  });
}

function readChecksums(tree: ConfigTree): ChecksumMode {
  const word = readWord(
    tree,
    "pcap-file.checksum-checks",
    ["auto", "yes", "no", "true", "false"],
    "auto",
  );
  if (word === "auto") return "auto";
  return word === "no" || word === "false" ? "ignore" : "verify";
}
