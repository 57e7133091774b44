/** Text of addresses to bytes: dotted IPv4, IPv6 with `::`, colon-separated MAC. */

export function ipv4Address(text: string): Uint8Array {
  return Uint8Array.from(text.split("."), Number);
}

export function ipv6Address(text: string): Uint8Array {
  const [head = "", tail] = text.split("::");
  const before = groups(head);
  const after = groups(tail ?? "");
  const bytes = new Uint8Array(16);
  bytes.set(before, 0);
  if (tail !== undefined) bytes.set(after, 16 - after.length);
  return bytes;
}

function groups(text: string): number[] {
  if (text === "") return [];
  return text.split(":").flatMap((group) => {
    if (group.includes(".")) return [...ipv4Address(group)];
    const value = Number.parseInt(group, 16);
    return [value >> 8, value & 0xff];
  });
}

export function macAddress(text: string): Uint8Array {
  return Uint8Array.from(text.split(":"), (pair) => Number.parseInt(pair, 16));
}
