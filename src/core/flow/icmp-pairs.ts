/** ICMP messages that answer each other (RFC 792, 950, 4443, 4861): both are in one flow. */

const v4 = new Map([
  [8, 0],
  [0, 8],
  [13, 14],
  [14, 13],
  [15, 16],
  [16, 15],
  [17, 18],
  [18, 17],
  [10, 9],
  [9, 10],
]);
const v6 = new Map([
  [128, 129],
  [129, 128],
  [133, 134],
  [134, 133],
  [135, 136],
  [136, 135],
  [144, 145],
  [145, 144],
]);

/** The type that answers, or the type itself when none does. @param protocol 1 or 58. */
export function replyType(protocol: number, type: number): number {
  return (protocol === 1 ? v4 : v6).get(type) ?? type;
}
