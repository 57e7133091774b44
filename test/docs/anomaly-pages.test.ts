/** The worked example of each manual page in docs/anomaly: its rule, over the traffic it speaks of, tells what it says. */
import fs from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { writeAnomalyDetails } from "../../src/core/engine/records/anomaly-details.ts";
import { JsonWriter } from "../../src/core/eve/json-writer.ts";
import { replayBytes } from "../support/replay-bytes.ts";
import { beaconAmongBrowsing, cardsInForm, fileInNames, tlsOnForeignPort } from "./scenarios.ts";

const folder = path.resolve(import.meta.dirname, "../../docs/anomaly");

/** Page to the capture that its example speaks of. */
const scenarios: Readonly<Record<string, () => Uint8Array>> = {
  beacon: beaconAmongBrowsing,
  dns_tunnel: fileInNames,
  port_protocol: tlsOnForeignPort,
  sd_pattern: cardsInForm,
};

/** What the first alert of the rules tells, as EVE has it. */
function firstAnomaly(capture: Uint8Array, rules: string): unknown {
  const found: unknown[] = [];
  const { failed } = replayBytes(
    capture,
    rules,
    {},
    {
      onAlert: ({ anomaly }) => {
        if (anomaly === null) return;
        const writer = new JsonWriter();
        writer.beginObject();
        writeAnomalyDetails(writer, anomaly);
        writer.endObject();
        const { anomaly: details }: { anomaly: unknown } = JSON.parse(writer.take());
        found.push(details);
      },
    },
  );
  expect(failed).toBe(0);
  return found[0];
}

describe("the worked example of", () => {
  it.each(Object.keys(scenarios))("%s", (name) => {
    const file = path.join(folder, `${name}.md`);
    const page = fs.readFileSync(file, "utf8");
    const rules = /```suricata\n([\s\S]*?)```/.exec(page)?.[1] ?? "";
    const [block = "", told = ""] = /```json\n([\s\S]*?)```/.exec(page) ?? [];
    expect(rules).toContain(`${name}:`);
    const capture = scenarios[name]?.() ?? new Uint8Array();
    const anomaly = firstAnomaly(capture, rules);
    expect(anomaly).toBeDefined();
    if (process.env["UPDATE_GOLDEN"] === "1") {
      const text = `\`\`\`json\n${JSON.stringify(anomaly, null, 2)}\n\`\`\``;
      fs.writeFileSync(file, page.replace(block, text));
      return;
    }
    expect(anomaly).toEqual(JSON.parse(told));
  });
});
