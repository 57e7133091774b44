// Writes docs/reference from the declarations in the built core: keywords, events, decoder and stream events,
// diagnostics.
// With --check nothing is written, and a page that is not up to date is an error.
import fs from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import {
  decoderEventNames,
  diagnosticCodes,
  events,
  keywords,
  streamEventNames,
} from "../dist/core/index.js";

const folder = path.join(
  path.dirname(path.dirname(fileURLToPath(import.meta.url))),
  "docs/reference",
);
const isCheck = process.argv.includes("--check");

function keywordsPage() {
  const families = new Map();
  for (const keyword of keywords) {
    if (!families.has(keyword.family)) families.set(keyword.family, []);
    families.get(keyword.family).push(keyword);
  }
  const lines = ["# Keywords", "", "Generated from the declarations in `src/core/keywords`."];
  for (const [family, list] of [...families].sort(([a], [b]) => (a < b ? -1 : 1))) {
    lines.push("", `## ${family}`);
    for (const keyword of list.sort((a, b) => (a.name < b.name ? -1 : 1)))
      lines.push(...entry(keyword));
  }
  return `${lines.join("\n")}\n`;
}

function entry(keyword) {
  const aliases = keyword.aliases?.length ? ` (also ${keyword.aliases.join(", ")})` : "";
  const lines = [
    "",
    `### ${keyword.name}${aliases}`,
    "",
    keyword.summary,
    "",
    `    ${keyword.syntax}`,
  ];
  for (const { options, meaning } of keyword.examples)
    lines.push("", `- \`${options}\` ${meaning}`);
  return lines;
}

function eventsPage() {
  const lines = ["# Events", "", "Generated from the declarations in `src/core/engine/records`."];
  for (const event of events) {
    lines.push("", `## ${event.type}`, "", event.summary, "", "| field | meaning |", "|---|---|");
    for (const [field, meaning] of Object.entries(event.fields))
      lines.push(`| \`${field}\` | ${meaning} |`);
  }
  return `${lines.join("\n")}\n`;
}

function packetEventsPage() {
  const list = (names) => names.map((name) => `- \`${name}\``).join("\n");
  return (
    "# Packet events\n\nGenerated from `src/core/layers/packet-events.ts`.\n\n" +
    `## decode-event\n\n${list(decoderEventNames)}\n\n## stream-event\n\n${list(streamEventNames)}\n`
  );
}

function diagnosticsPage() {
  const rows = Object.entries(diagnosticCodes).map(
    ([code, meaning]) => `| \`${code}\` | ${meaning} |`,
  );
  const head = "# Diagnostics\n\nGenerated from `src/core/rule/diagnostic-codes.ts`.\n\n";
  const text =
    "What is said about rules and list files, by `shrike check` and when rules are loaded. An *error* keeps the\n" +
    "rule from loading; an *unsupported* rule is valid and needs something that is not there yet; with a *warning*\n" +
    "the rule is loaded. Codes are stable.\n\n";
  return `${head}${text}| code | meaning |\n|---|---|\n${rows.join("\n")}\n`;
}

const pages = {
  "diagnostics.md": diagnosticsPage(),
  "keywords.md": keywordsPage(),
  "events.md": eventsPage(),
  "packet-events.md": packetEventsPage(),
};
let stale = 0;
fs.mkdirSync(folder, { recursive: true });
for (const [name, text] of Object.entries(pages)) {
  const file = path.join(folder, name);
  const isCurrent = fs.existsSync(file) && fs.readFileSync(file, "utf8") === text;
  if (isCurrent) continue;
  if (isCheck) {
    console.error(`docs/reference/${name} is not up to date: run npm run docs`);
    stale++;
  } else fs.writeFileSync(file, text);
}
process.exit(stale === 0 ? 0 : 1);
