/**
 * What an interface leaves to its hardware and why that matters to a watcher: packets glued together before we see
 * them, checksums not filled in yet. Each with the ethtool command that mends it.
 */
import type { NativeAddon } from "../native/native-addon.ts";

export interface OffloadReport {
  readonly name: string;
  /** Names of the settings that are on and hide what was on the wire, as ethtool -K takes them. */
  readonly on: readonly string[];
  /** The command that mends it; null when there is nothing to mend. */
  readonly command: string | null;
  readonly mtu: number;
}

const settings = ["gro", "lro", "tso", "gso"] as const;

export function readOffloads(addon: NativeAddon, name: string): OffloadReport {
  const state = addon.readOffloads(name);
  const on = settings.filter((setting) => state[setting] === 1);
  const changes = on.map((setting) => `${setting} off`).join(" ");
  return {
    name,
    on,
    command: on.length === 0 ? null : `ethtool -K ${name} ${changes}`,
    mtu: state.mtu,
  };
}

/** One line for people; null when there is nothing to say. */
export function offloadLine({ name, on, command }: OffloadReport): string | null {
  if (command === null) return null;
  const what = on.join(", ");
  return `${name}: ${what} on: packets may be joined before they are seen; ${command} shows them as on the wire`;
}
