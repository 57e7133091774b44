/**
 * What to do when the engine cannot do its work on a flow or packet: memory limits, midstream pickups, parser
 * errors. The names are those of Suricata's `exception-policy` settings.
 */

export const exceptionPolicyNames = [
  "",
  "ignore",
  "pass_packet",
  "pass_flow",
  "bypass",
  "drop_packet",
  "drop_flow",
  "reject",
] as const;

export const ExceptionPolicy = {
  none: 0,
  ignore: 1,
  passPacket: 2,
  passFlow: 3,
  bypass: 4,
  dropPacket: 5,
  dropFlow: 6,
  reject: 7,
} as const;

export const exceptionTargetNames = [
  "",
  "flow_memcap",
  "defrag_memcap",
  "stream_session_memcap",
  "stream_reassembly_memcap",
  "stream_midstream",
  "app_layer_error",
] as const;

export const ExceptionTarget = {
  none: 0,
  flowMemcap: 1,
  defragMemcap: 2,
  sessionMemcap: 3,
  reassemblyMemcap: 4,
  midstream: 5,
  applicationError: 6,
} as const;

export function exceptionPolicyName(policy: number): string {
  return exceptionPolicyNames[policy] ?? "";
}

export function exceptionTargetName(target: number): string {
  return exceptionTargetNames[target] ?? "";
}
