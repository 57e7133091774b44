/** The exception policies: a master switch, and one policy for each thing that can go wrong. */
import type { PolicyTable } from "../../core/engine/exception-policies.ts";
import { ExceptionPolicy, ExceptionTarget } from "../../core/flow/exception-policy.ts";
import { ConfigError } from "./config-error.ts";
import { placePrefix } from "./places.ts";
import type { ConfigTree } from "./tree.ts";
import { readSwitch, readText } from "./values.ts";

const policyWords: Record<string, number> = {
  ignore: ExceptionPolicy.ignore,
  "pass-packet": ExceptionPolicy.passPacket,
  "pass-flow": ExceptionPolicy.passFlow,
  bypass: ExceptionPolicy.bypass,
  "drop-packet": ExceptionPolicy.dropPacket,
  "drop-flow": ExceptionPolicy.dropFlow,
  reject: ExceptionPolicy.reject,
};

const keys: readonly (readonly [number, string])[] = [
  [ExceptionTarget.flowMemcap, "flow.memcap-policy"],
  [ExceptionTarget.defragMemcap, "defrag.memcap-policy"],
  [ExceptionTarget.sessionMemcap, "stream.memcap-policy"],
  [ExceptionTarget.reassemblyMemcap, "stream.reassembly.memcap-policy"],
  [ExceptionTarget.applicationError, "app-layer.error-policy"],
];

/** @param inline the engine can drop packets: `auto` drops then, and does nothing else. */
export function readExceptionPolicies(tree: ConfigTree, inline: boolean): PolicyTable {
  const table: number[] = Object.values(ExceptionTarget).map(() => ExceptionPolicy.ignore);
  for (const [target, key] of keys) {
    const policy = readPolicy(tree, key, inline);
    const hasFlow =
      target !== ExceptionTarget.flowMemcap && target !== ExceptionTarget.defragMemcap;
    table[target] = hasFlow ? policy : forPacket(policy);
  }
  table[ExceptionTarget.midstream] = readMidstreamPolicy(tree, inline);
  return table;
}

/** The policy for packets of connections whose handshake was not seen. */
export function readMidstreamPolicy(tree: ConfigTree, inline: boolean): number {
  checkMidstreamPolicy(tree);
  const key = "stream.midstream-policy";
  const policy = readPolicy(tree, key, inline);
  if (!readSwitch(tree, "stream.midstream", false)) return policy;
  // With pickups such packets are expected: only what was asked for by name, and fits, is done.
  const text = readText(tree, key) ?? readText(tree, "exception-policy") ?? "auto";
  const fits = policy === ExceptionPolicy.bypass || policy === ExceptionPolicy.passFlow;
  return text !== "auto" && fits ? policy : ExceptionPolicy.ignore;
}

function readPolicy(tree: ConfigTree, key: string, inline: boolean): number {
  const own = readText(tree, key);
  const text = own ?? readText(tree, "exception-policy") ?? "auto";
  if (text === "auto") return inline ? ExceptionPolicy.dropFlow : ExceptionPolicy.ignore;
  const policy = policyWords[text];
  if (policy === undefined) {
    const name = own === null ? "exception-policy" : key;
    throw new ConfigError(`${placePrefix(tree.placeOf(name))}"${name}" cannot be "${text}"`);
  }
  const drops = policy === ExceptionPolicy.dropFlow || policy === ExceptionPolicy.dropPacket;
  return drops && !inline ? ExceptionPolicy.ignore : policy;
}

/** There is no flow to apply the policy to. */
function forPacket(policy: number): number {
  if (policy === ExceptionPolicy.dropFlow) return ExceptionPolicy.dropPacket;
  const passes = policy === ExceptionPolicy.passFlow || policy === ExceptionPolicy.bypass;
  return passes ? ExceptionPolicy.passPacket : policy;
}

/** Some policies make no sense for packets without a handshake; Suricata refuses them, and so do we. */
function checkMidstreamPolicy(tree: ConfigTree): void {
  const policy = readText(tree, "stream.midstream-policy");
  if (policy === null) return;
  const midstream = readSwitch(tree, "stream.midstream", false);
  const refused = midstream
    ? ["pass-packet", "drop-packet", "bypass", "reject", "drop-flow"]
    : ["pass-packet", "drop-packet"];
  if (refused.includes(policy)) {
    const state = midstream ? "on" : "off";
    const where = placePrefix(tree.placeOf("stream.midstream-policy"));
    throw new ConfigError(
      `${where}"stream.midstream-policy" cannot be "${policy}" with midstream pickups ${state}`,
    );
  }
}
