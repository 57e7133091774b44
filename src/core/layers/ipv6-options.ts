/**
 * The options inside IPv6 hop-by-hop and destination headers (RFC 8200 §4.2): padding, router alert
 * (RFC 2711), jumbo payload (RFC 2675), home address (RFC 6275). Values are checked for size, not used.
 */
import { IpProtocol } from "./ip-protocol.ts";
import type { Packet } from "./packet.ts";
import { decoderEvent } from "./packet-events.ts";

const PAD_1 = 0;
const PAD_N = 1;
const ROUTER_ALERT = 0x05;
const JUMBO_PAYLOAD = 0xc2;
const HOME_ADDRESS = 0xc9;

const INVALID_LENGTH = decoderEvent("ipv6.exthdr_invalid_optlen");
const ZERO_PADDING = decoderEvent("ipv6.zero_len_padn");
const UNKNOWN_HOP_BY_HOP = decoderEvent("ipv6.hopopts_unknown_opt");
const UNKNOWN_DESTINATION = decoderEvent("ipv6.dstopts_unknown_opt");
const PADDING_HOP_BY_HOP = decoderEvent("ipv6.hopopts_only_padding");
const PADDING_DESTINATION = decoderEvent("ipv6.dstopts_only_padding");

export function decodeIpv6Options(
  bytes: Uint8Array,
  packet: Packet,
  header: number,
  start: number,
  end: number,
): void {
  const isHopByHop = header === IpProtocol.hopByHop;
  let paddings = 0;
  let others = 0;
  let offset = start;
  while (offset < end) {
    const type = bytes[offset]!;
    if (type === PAD_1) {
      paddings++;
      offset++;
      continue;
    }
    if (offset + 1 >= end || offset + 1 + bytes[offset + 1]! > end) {
      packet.addFatalEvent(INVALID_LENGTH);
      break;
    }
    const length = bytes[offset + 1]!;
    if (length < leastLength(type)) {
      packet.addFatalEvent(INVALID_LENGTH);
      break;
    }
    if (type === PAD_N) {
      paddings++;
      if (length === 0) packet.addEvent(ZERO_PADDING);
    } else if (type !== JUMBO_PAYLOAD) {
      others++;
      if (type !== ROUTER_ALERT && type !== HOME_ADDRESS) {
        packet.addEvent(isHopByHop ? UNKNOWN_HOP_BY_HOP : UNKNOWN_DESTINATION);
      }
    }
    offset += length + 2;
  }
  if (paddings > 0 && others === 0) {
    packet.addEvent(isHopByHop ? PADDING_HOP_BY_HOP : PADDING_DESTINATION);
  }
}

function leastLength(type: number): number {
  if (type === ROUTER_ALERT) return 2;
  if (type === JUMBO_PAYLOAD) return 4;
  return type === HOME_ADDRESS ? 16 : 0;
}
