/** Large pages through the native addon. Only speed depends on them: without it, or where the system refuses, pages stay small. */
import { findAddon } from "./native-addon.ts";

export function adviseLargePages(bytes: Uint8Array): void {
  findAddon()?.adviseLargePages?.(bytes);
}
