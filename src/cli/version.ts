/** The version of this build. */
import fs from "node:fs";

export function shrikeVersion(): string {
  const text = fs.readFileSync(new URL("../../package.json", import.meta.url), "utf8");
  return (JSON.parse(text) as { version: string }).version; // our own package.json
}
