/** `stream`: TCP tracking and reassembly. */
import { ExceptionPolicy } from "../../core/flow/exception-policy.ts";
import { OverlapPolicy, overlapPolicyOfHost } from "../../core/stream/overlap-policy.ts";
import {
  type StreamOptions,
  stockStreamOptions,
  UrgentPolicy,
} from "../../core/stream/stream-options.ts";
import { readMidstreamPolicy } from "./exception-settings.ts";
import { type HostPolicy, policyName } from "./host-policies.ts";
import type { ConfigTree } from "./tree.ts";
import { readBytes, readNumber, readSwitch, readText, readWord } from "./values.ts";

const urgentPolicies = {
  oob: UrgentPolicy.outOfBand,
  inline: UrgentPolicy.inline,
  drop: UrgentPolicy.drop,
  gap: UrgentPolicy.gap,
} as const;
type UrgentWord = keyof typeof urgentPolicies;
const urgentWords: readonly UrgentWord[] = ["oob", "inline", "drop", "gap"];

/** @param inline the engine can drop packets. */
export function readStream(
  tree: ConfigTree,
  policies: readonly HostPolicy[],
  inline: boolean,
): StreamOptions {
  const inlineText = readText(tree, "stream.inline") ?? "auto";
  const isAuto = inlineText.toLowerCase() === "auto";
  const midstreamPolicy = readMidstreamPolicy(tree, inline);
  return {
    ...stockStreamOptions,
    memoryLimitBytes: readBytes(tree, "stream.memcap", 64 * 1024 ** 2),
    reassemblyMemoryLimitBytes: readBytes(tree, "stream.reassembly.memcap", 256 * 1024 ** 2),
    midstream: readSwitch(tree, "stream.midstream", false),
    midstreamPickup:
      midstreamPolicy === ExceptionPolicy.ignore || midstreamPolicy === ExceptionPolicy.passFlow,
    asyncOneSide: readSwitch(tree, "stream.async-oneside", false),
    inline: isAuto ? inline : readSwitch(tree, "stream.inline", false),
    checksumValidation: readSwitch(tree, "stream.checksum-validation", true),
    bypass: readSwitch(tree, "stream.bypass", false),
    dropInvalid: readSwitch(tree, "stream.drop-invalid", true),
    depthBytes: readBytes(tree, "stream.reassembly.depth", 1024 ** 2),
    toServerChunkBytes: readBytes(tree, "stream.reassembly.toserver-chunk-size", 2560),
    toClientChunkBytes: readBytes(tree, "stream.reassembly.toclient-chunk-size", 2560),
    synQueuedMax: readNumber(tree, "stream.max-syn-queued", 10),
    synAckQueuedMax: readNumber(tree, "stream.max-synack-queued", 5),
    maxRegions: readNumber(tree, "stream.reassembly.max-regions", 8),
    urgentPolicy: readUrgent(tree, "policy", "oob"),
    urgentLimitPolicy: readUrgent(tree, "oob-limit-policy", "drop"),
    policyFor: (ipVersion, words) => {
      if (policies.length === 0) return OverlapPolicy.bsd;
      return overlapPolicyOfHost(policyName(policies, ipVersion, words)) ?? OverlapPolicy.bsd;
    },
  };
}

function readUrgent(tree: ConfigTree, key: string, fallback: UrgentWord): number {
  const word = readWord(tree, `stream.reassembly.urgent.${key}`, urgentWords, fallback);
  return urgentPolicies[word];
}
