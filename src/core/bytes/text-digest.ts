/**
 * A number for a text that is the same in every engine, for what several of them share. Not keyed and no proof against
 * somebody who wants two texts to meet: for names that rules give.
 */

const TWO_TO_32 = 2 ** 32;

/** 53 bits of a text: two of a thousand meet once in ten thousand million sets. */
export function textDigest(text: string): number {
  let low = 0x811c9dc5;
  let high = 0x2f0b4a67;
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    low = Math.imul(low ^ unit, 0x01000193);
    high = Math.imul(high ^ unit, 0x85ebca6b);
    high = (high << 13) | (high >>> 19);
  }
  low = mix(low ^ Math.imul(high, 0x9e3779b1));
  high = mix(high ^ Math.imul(low, 0xc2b2ae35));
  return (high >>> 11) * TWO_TO_32 + (low >>> 0);
}

function mix(value: number): number {
  let mixed = Math.imul(value ^ (value >>> 16), 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return mixed ^ (mixed >>> 16);
}
