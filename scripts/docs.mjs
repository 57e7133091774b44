// Writes docs/reference from the declarations in the built core: keywords, events, decoder and stream events,
// diagnostics; and a page for each keyword with a worked example (docs/examples, docs/anomaly), which tests run.
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

const docs = path.join(path.dirname(path.dirname(fileURLToPath(import.meta.url))), "docs");
const folder = path.join(docs, "reference");
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
  if (workedExample(keyword.name) !== null)
    lines.push("", `[Worked example](keywords/${keyword.name}.md)`);
  return lines;
}

/** Markdown, or null. */
function workedExample(name) {
  const ofState = path.join(docs, "examples", `${name}.md`);
  if (fs.existsSync(ofState)) return fs.readFileSync(ofState, "utf8").trimEnd();
  const manual = path.join(docs, "anomaly", `${name}.md`);
  if (!fs.existsSync(manual)) return null;
  const text = fs.readFileSync(manual, "utf8");
  const section = /^## Worked example\n\n([\s\S]*?)(?=^## |$(?![\s\S]))/m.exec(text);
  if (section === null) return null;
  const links = section[1].trimEnd().replace(/\]\((\w+\.md)\)/g, "](../../anomaly/$1)");
  return `${links}\n\nThe whole manual: [${name}](../../anomaly/${name}.md).`;
}

function keywordPage(keyword, example) {
  const [, , ...lines] = entry(keyword).slice(0, -2);
  const source =
    "Generated from the declaration in `src/core/keywords` and the example that tests run.";
  return `# ${keyword.name}\n\n${source}\n${lines.join("\n")}\n\n## Worked example\n\n${example}\n`;
}

function keywordPages() {
  const pages = {};
  for (const keyword of keywords) {
    const example = workedExample(keyword.name);
    if (example !== null) pages[`keywords/${keyword.name}.md`] = keywordPage(keyword, example);
  }
  return pages;
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
  ...keywordPages(),
};
let stale = 0;
fs.mkdirSync(path.join(folder, "keywords"), { recursive: true });
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
