// Replays captures with the WebAssembly matchers and with Hyperscan, and compares all alerts.
// Usage: node scripts/compare-matchers.mjs RULES CAPTURE-OR-FOLDER... [-- more words for shrike replay]
import { spawnSync } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";

const main = path.join(path.dirname(fileURLToPath(import.meta.url)), "../dist/cli/main.js");
const words = process.argv.slice(2);
const cut = words.includes("--") ? words.indexOf("--") : words.length;
const [rules, ...places] = words.slice(0, cut);
const captures = places.flatMap(expand);
if (captures.length === 0) {
  console.error("usage: node scripts/compare-matchers.mjs RULES CAPTURE-OR-FOLDER... [-- words]");
  process.exit(2);
}

const folder = fs.mkdtempSync(path.join(os.tmpdir(), "shrike-compare-"));
const plain = replay("ac");
const native = replay("hs");
console.log(
  `${plain.alerts.size} kinds of alerts, ${plain.count} alerts with the WebAssembly matchers`,
);
console.log(
  `${native.alerts.size} kinds of alerts, ${native.count} alerts with Hyperscan, ${native.searches} searches by it`,
);
let differences = 0;
for (const line of new Set([...plain.alerts.keys(), ...native.alerts.keys()])) {
  const [a, b] = [plain.alerts.get(line) ?? 0, native.alerts.get(line) ?? 0];
  if (a === b) continue;
  if (differences++ < 20) console.log(`${a} without, ${b} with: ${line.slice(0, 400)}`);
}
console.log(
  differences === 0 ? "all alerts are the same" : `${differences} kinds of alerts differ`,
);
fs.rmSync(folder, { recursive: true });
process.exitCode = differences === 0 && native.searches > 0 ? 0 : 1;

/** Captures of a folder, those of folders in it included. */
function expand(place) {
  if (!fs.statSync(place).isDirectory()) return [place];
  const found = fs.readdirSync(place, { recursive: true, withFileTypes: true });
  return found
    .filter((entry) => entry.isFile() && /\.(pcap|pcapng|cap)(\.\w+)?$/.test(entry.name))
    .map((entry) => path.join(entry.parentPath, entry.name))
    .sort();
}

/** Each capture on its own, rules loaded once. Alerts by their text, how often each. */
function replay(matcher) {
  const target = path.join(folder, matcher);
  const given = ["-S", rules, "--keep-going", "--set", `mpm-algo=${matcher}`];
  const { status, stderr } = spawnSync(
    process.execPath,
    [main, "replay", ...captures, ...given, "--each-into", target, ...words.slice(cut + 1)],
    { maxBuffer: 1 << 28 },
  );
  // 1: some captures are broken, which is told; the others were replayed.
  if (status > 1) throw new Error(`replay ended with ${status}: ${stderr}`);
  const alerts = new Map();
  let count = 0;
  let searches = 0;
  for (const name of fs.readdirSync(target).sort()) {
    for (const line of fs.readFileSync(path.join(target, name), "utf8").split("\n")) {
      if (line === "") continue;
      const event = JSON.parse(line);
      if (event.event_type === "stats")
        searches = Math.max(searches, event.stats.detect?.native_searches ?? 0);
      if (event.event_type !== "alert") continue;
      // Numbers of flows are drawn anew in each run.
      event.flow_id = undefined;
      const text = `${name} ${JSON.stringify(event)}`;
      alerts.set(text, (alerts.get(text) ?? 0) + 1);
      count++;
    }
  }
  return { alerts, count, searches };
}
