/**
 * The shape of keywords that ask whether a checksum is right (ipv4-csum, tcpv4-csum ...). A packet without such
 * a header never matches; where checksums are not looked at, all count as valid.
 */
import { Check } from "../../detect/check.ts";
import type { DetectionContext } from "../../detect/detection-context.ts";
import { defineKeyword, type Keyword } from "../../detect/keyword.ts";
import {
  type ChecksumKernel,
  verifyIpChecksum,
  verifyTransportChecksum,
} from "../../layers/checksums.ts";
import { ChecksumState } from "../../layers/packet.ts";

export interface ChecksumKeywordSpec {
  readonly name: string;
  readonly family: string;
  /** Whose checksum, for the summary: "the IPv4 header". */
  readonly of: string;
  readonly ipVersion: 4 | 6;
  /** IP protocol number; 0 for the IP header itself. */
  readonly transport: number;
}

interface ChecksumDemand {
  readonly wantsValid: boolean;
  readonly kernel: ChecksumKernel;
}

export function checksumKeyword(spec: ChecksumKeywordSpec): Keyword {
  const { name, ipVersion, transport } = spec;
  const run = (context: DetectionContext, { wantsValid, kernel }: ChecksumDemand): boolean => {
    const { packet, bytes } = context;
    if (packet.ipVersion !== ipVersion || packet.ipStart < 0) return false;
    if (transport !== 0 && (packet.transport !== transport || packet.transportStart < 0))
      return false;
    if (packet.checksumsIgnored) return wantsValid;
    const state =
      transport === 0
        ? verifyIpChecksum(packet, kernel)
        : verifyTransportChecksum(bytes, packet, kernel);
    return state !== ChecksumState.unknown && (state === ChecksumState.valid) === wantsValid;
  };
  return defineKeyword<boolean>({
    name,
    family: spec.family,
    summary: `Asks whether the checksum of ${spec.of} is right.`,
    syntax: `${name}:valid|invalid`,
    since: "<=7.0",
    argument: "required",
    examples: [
      { options: `${name}:invalid;`, meaning: "a wrong checksum" },
      { options: `${name}:valid;`, meaning: "a right checksum" },
    ],
    parse: (option) =>
      option.oneOf(option.quoted({ quotes: "optional" }), ["valid", "invalid"]) === "valid",
    compile(wantsValid, draft) {
      draft.addPacketCheck(Check.of(name, { wantsValid, kernel: draft.builder.kernels }, run));
    },
  });
}
