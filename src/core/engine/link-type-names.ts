/** Names of link types as libpcap lists them, for EVE's `packet_info.linktype_name`. */

const names = new Map<number, string>([
  [0, "NULL"],
  [1, "EN10MB"],
  [9, "PPP"],
  [12, "RAW"],
  [14, "RAW"],
  [50, "PPP_SERIAL"],
  [51, "PPP_ETHER"],
  [101, "RAW"],
  [104, "C_HDLC"],
  [105, "IEEE802_11"],
  [108, "LOOP"],
  [113, "LINUX_SLL"],
  [127, "IEEE802_11_RADIO"],
  [228, "IPV4"],
  [229, "IPV6"],
  [276, "LINUX_SLL2"],
]);

/** The name, or an empty string when the type is not known. */
export function linkTypeName(linkType: number): string {
  return names.get(linkType) ?? "";
}
