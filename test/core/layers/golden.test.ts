/**
 * Packets as a Linux kernel made them, and the fields they decode to. `UPDATE_GOLDEN=1` writes the fields anew:
 * read them before they are committed.
 */
import fs from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { Packet } from "../../../src/core/layers/packet.ts";
import { hexBytes } from "../../support/packets/index.ts";
import { DecodeHarness, eventsOf } from "./harness.ts";

const folder = path.resolve(import.meta.dirname, "../../golden/layers");
const names = fs
  .readdirSync(folder)
  .filter((file) => file.endsWith(".hex"))
  .map((file) => file.slice(0, -".hex".length));

/** Offsets are told from the start of the record, so that they can be found in the hex file. */
const offsets = new Set([
  "end",
  "etherStart",
  "arpStart",
  "ipStart",
  "ipEnd",
  "transportStart",
  "payloadStart",
  "payloadEnd",
  "sackStart",
  "fastOpenStart",
  "embeddedIpStart",
]);
const left = new Set(["start", "events", "eventCount", "captureNumber", "linkType"]);

/** The fields of a packet that are not those of a new one. */
function fieldsOf(packet: Packet): Record<string, unknown> {
  const fresh: Record<string, unknown> = { ...new Packet() };
  const fields: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(packet)) {
    if (left.has(name) || value === fresh[name]) continue;
    if (typeof value === "number" && offsets.has(name)) fields[name] = value - packet.start;
    else if (value instanceof Int32Array) fields[name] = [...value].map((word) => word >>> 0);
    else if (typeof value !== "object") fields[name] = value;
  }
  return { ...fields, events: eventsOf(packet) };
}

describe("a real packet", () => {
  for (const name of names) {
    it(`decodes to its fields: ${name}`, () => {
      const text = fs.readFileSync(path.join(folder, `${name}.hex`), "utf8");
      const harness = new DecodeHarness();
      harness.decode(hexBytes(text.replace(/^#.*$/gm, "")));
      const json = `${JSON.stringify(fieldsOf(harness.packet), null, 2)}\n`;
      const file = path.join(folder, `${name}.json`);
      if (process.env["UPDATE_GOLDEN"] === "1") fs.writeFileSync(file, json);
      expect(json).toBe(fs.readFileSync(file, "utf8"));
    });
  }
});
