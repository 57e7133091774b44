/**
 * The protocols that PPP carries (IANA's PPP numbers), shared by PPP and PPPoE sessions: IP is decoded, control
 * protocols are left alone, other network protocols are an event, and anything else makes the packet invalid.
 */

/** What to do with a protocol. */
export const PppAction = {
  unknown: 0,
  unsupported: 1,
  control: 2,
  ipv4: 3,
  ipv6: 4,
  vanJacobson: 5,
} as const;

const unsupported = [
  0x0023, 0x0025, 0x0027, 0x0029, 0x002b, 0x002d, 0x0031, 0x0033, 0x0035, 0x0201, 0x0203, 0x0231,
  0x4001, 0x0281, 0x0283, 0x8023, 0x8025, 0x8027, 0x8029, 0x802b, 0x8033, 0x8035, 0x8281,
];

/** IPCP, IPv6CP, LCP, PAP, CHAP, CCP, link quality, callback, compressed datagrams, CDPCP. */
const control = [0x8021, 0x8057, 0xc021, 0xc023, 0xc223, 0x80fd, 0xc025, 0xc029, 0x00fd, 0x8207];

const actions = new Map<number, number>([
  ...unsupported.map((protocol): [number, number] => [protocol, PppAction.unsupported]),
  ...control.map((protocol): [number, number] => [protocol, PppAction.control]),
  [0x0021, PppAction.ipv4],
  [0x0057, PppAction.ipv6],
  [0x002f, PppAction.vanJacobson],
]);

export function pppAction(protocol: number): number {
  return actions.get(protocol) ?? PppAction.unknown;
}
