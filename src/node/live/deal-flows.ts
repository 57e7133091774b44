/**
 * Which of several threads a packet of a capture goes to, as the kernel deals those of an interface: by the two
 * addresses, the same in both directions. Ethernet with VLAN tags, and raw IP; all else goes to the first thread.
 */

const ETHERNET = 1;
const RAW_IP = 101;
const VLAN_TYPES = new Set([0x8100, 0x88a8, 0x9100]);

/** Bytes [start, end) are one packet. Returns a number below `threadCount`. */
export function dealPacket(
  bytes: Uint8Array,
  {
    start,
    end,
    linkType,
  }: { readonly start: number; readonly end: number; readonly linkType: number },
  threadCount: number,
): number {
  let at = start;
  if (linkType === ETHERNET) {
    at = start + 12;
    while (at + 6 <= end && VLAN_TYPES.has(typeAt(bytes, at))) at += 4;
    at += 2;
  } else if (linkType !== RAW_IP) return 0;
  if (at >= end) return 0;
  const version = bytes[at]! >> 4;
  const first = at + (version === 6 ? 8 : 12);
  const length = version === 6 ? 16 : 4;
  if ((version !== 4 && version !== 6) || first + 2 * length > end) return 0;
  let hash = 0;
  for (let i = 0; i < length; i++) {
    // The same whichever is the source.
    const a = bytes[first + i]!;
    const b = bytes[first + length + i]!;
    hash = Math.imul(hash ^ (a + b) ^ ((a ^ b) << 9), 0x9e3779b1);
    hash ^= hash >>> 15;
  }
  return (hash >>> 0) % threadCount;
}

function typeAt(bytes: Uint8Array, at: number): number {
  return (bytes[at]! << 8) | bytes[at + 1]!;
}
