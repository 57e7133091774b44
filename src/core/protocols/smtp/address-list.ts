/** Address lists of header fields (RFC 5322 §3.4), cut at the commas outside of quotes; for events. */

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;

export function splitAddresses(value: Uint8Array): readonly Uint8Array[] {
  const addresses: Uint8Array[] = [];
  let start = 0;
  let isQuoted = false;
  for (let at = 0; at <= value.length; at++) {
    const byte = value[at];
    if (byte === BACKSLASH && isQuoted) at++;
    else if (byte === QUOTE) isQuoted = !isQuoted;
    const isEnd = at >= value.length || (byte === COMMA && !isQuoted);
    if (!isEnd) continue;
    const end = Math.min(at, value.length);
    while (start < end && (value[start] === 0x20 || value[start] === 0x09)) start++;
    if (start < end) addresses.push(value.slice(start, end));
    start = at + 1;
  }
  return addresses;
}
