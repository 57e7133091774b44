// npm start: replays the bundled capture against the bundled rules, and says what to try next.
import { spawnSync } from "node:child_process";
import path from "node:path";
import { fileURLToPath } from "node:url";

const top = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const words = [
  path.join(top, "dist/cli/main.js"),
  "replay",
  path.join(top, "test/cases/first-look/traffic.pcap"),
  "-S",
  path.join(top, "rules/shrike.rules"),
];
const { status } = spawnSync(process.execPath, words, { stdio: "inherit" });
if (status !== 0) process.exit(status ?? 3);
console.log(`
What to try next:
  node dist/cli/main.js replay YOUR.pcap -S YOUR.rules            alerts on your own traffic
  node dist/cli/main.js replay YOUR.pcap -S YOUR.rules -l out     the same as EVE JSON, in out/eve.json
  node dist/cli/main.js check YOUR.rules                          every problem in a rule file
  node dist/cli/main.js --help                                    everything else`);
