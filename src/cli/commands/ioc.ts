/** shrike ioc: feeds of indicators into sets, reputation lists and rules. */
import fs from "node:fs";
import path from "node:path";
import { FileError } from "../../node/errors.ts";
import { type ImportCounts, type ImportOptions, importFeed } from "../../node/ioc/import-feed.ts";
import { rulesFile, SET_RULE_SIDS } from "../../node/ioc/indicator-rules.ts";
import { type OutputFile, setFiles } from "../../node/ioc/indicator-sets.ts";
import { IndicatorStore, type MergedIndicator } from "../../node/ioc/indicator-store.ts";
import { FeedError, type FeedFormat, feedFormats, readFeed } from "../../node/ioc/read-feed.ts";
import { type Command, ExitCode, lastText, type ParsedCommand, UsageError } from "../command.ts";

const STORE_NAME = "indicators.ndjson";
const FIRST_SID = 9_300_000;
const PROBLEMS_SHOWN = 10;
const DAY_MS = 86_400_000;

export const ioc: Command = {
  name: "ioc",
  summary: "Imports indicators of compromise from feeds as sets, reputation lists and rules.",
  usage: "FEED... -o DIR [options]",
  options: [
    {
      name: "output",
      short: "o",
      value: "DIR",
      summary: "folder of the files; earlier imports there are kept",
    },
    {
      name: "format",
      value: "NAME",
      summary: `${feedFormats.join(", ")}; told by the looks without`,
    },
    {
      name: "source",
      value: "NAME",
      summary: "who says so, where the feed does not; the file's name without",
    },
    { name: "confidence", value: "0-100", summary: "where the feed says nothing; 50 without" },
    { name: "min-confidence", value: "0-100", summary: "leaves out what is below" },
    { name: "expires", value: "DAYS|DATE", summary: "where the feed says nothing: never without" },
    { name: "at", value: "DATE", summary: "the time that expiry is judged by; now without" },
    { name: "sid", value: "N", summary: `first number of the rules; ${FIRST_SID} without` },
    { name: "replace", summary: "forgets earlier imports" },
    { name: "strict", summary: "entries that cannot be used make the import fail" },
    { name: "help", short: "h", summary: "this text" },
  ],
  examples: [
    { line: "shrike ioc bundle.json -o rules/ioc", meaning: "a STIX 2.1 bundle" },
    {
      line: "shrike ioc bad-hosts.txt -o rules/ioc --source local --expires 30",
      meaning: "a list, of which each entry holds for 30 days",
    },
    { line: "shrike replay a.pcap -S rules/ioc/ioc.rules", meaning: "looks for all of them" },
  ],
  run: runIoc,
};

async function runIoc(parsed: ParsedCommand): Promise<number> {
  const folder = lastText(parsed, "output");
  if (parsed.files.length === 0) throw new UsageError("name at least one feed");
  if (folder === null) throw new UsageError("-o names the folder that the files go to");
  const nowMs = readTime(parsed, "at", Date.now());
  const firstSid = readNumber(parsed, "sid", FIRST_SID, 4_294_000_000);
  const store = openStore(folder, firstSid + SET_RULE_SIDS, parsed.switches.has("replace"));
  let isBad = false;
  for (const file of parsed.files) {
    const counts = importFile(file, store, parsed, nowMs);
    if (counts === null) isBad = true;
    else if (counts.problems.length > 0 && parsed.switches.has("strict")) isBad = true;
  }
  if (isBad) return ExitCode.badInput;
  const expired = store.expire(nowMs);
  const indicators = store.merged();
  const files = [...setFiles(indicators), rulesFile(indicators, store, firstSid)];
  writeFiles(folder, [...files, { name: STORE_NAME, text: store.serialise() }]);
  printSummary(folder, indicators, files, expired);
  return ExitCode.done;
}

/** Null, and a line on the terminal, for a feed that cannot be read. */
function importFile(
  file: string,
  store: IndicatorStore,
  parsed: ParsedCommand,
  nowMs: number,
): ImportCounts | null {
  const text = readText(file);
  try {
    const counts = importFeed(
      readFeed(text, formatOf(parsed)),
      store,
      optionsOf(parsed, file, nowMs),
    );
    printCounts(file, counts);
    return counts;
  } catch (error) {
    if (!(error instanceof FeedError)) throw error;
    console.error(`${file}: ${error.message}`);
    return null;
  }
}

function optionsOf(parsed: ParsedCommand, file: string, nowMs: number): ImportOptions {
  const days = lastText(parsed, "expires");
  const isDays = days !== null && /^\d{1,5}$/.test(days);
  return {
    source: lastText(parsed, "source") ?? path.basename(file),
    confidence: readNumber(parsed, "confidence", 50, 100),
    confidenceMin: readNumber(parsed, "min-confidence", 0, 100),
    expiresMs:
      days === null
        ? null
        : isDays
          ? nowMs + Number(days) * DAY_MS
          : readTime(parsed, "expires", nowMs),
    nowMs,
  };
}

function formatOf(parsed: ParsedCommand): FeedFormat | null {
  const name = lastText(parsed, "format");
  if (name === null) return null;
  const found = feedFormats.find((format) => format === name);
  if (found !== undefined) return found;
  throw new UsageError(`--format is one of ${feedFormats.join(", ")}, found "${name}"`);
}

function readNumber(parsed: ParsedCommand, name: string, fallback: number, max: number): number {
  const text = lastText(parsed, name);
  if (text === null) return fallback;
  const number = /^\d{1,10}$/.test(text) ? Number(text) : Number.NaN;
  if (number <= max) return number;
  throw new UsageError(`--${name} takes a number of 0 to ${max}, found "${text}"`);
}

function readTime(parsed: ParsedCommand, name: string, fallbackMs: number): number {
  const text = lastText(parsed, name);
  const time = text === null ? fallbackMs : Date.parse(text);
  if (!Number.isNaN(time)) return time;
  throw new UsageError(`--${name} takes a date such as 2026-01-31, found "${text}"`);
}

function openStore(folder: string, firstSid: number, isFresh: boolean): IndicatorStore {
  const store = new IndicatorStore(firstSid);
  const file = path.join(folder, STORE_NAME);
  if (isFresh || !fs.existsSync(file)) return store;
  const damaged = store.load(readText(file));
  if (damaged.length > 0) console.error(`${file}: ${damaged.length} damaged lines are dropped`);
  return store;
}

function readText(file: string): string {
  try {
    return fs.readFileSync(file, "utf8").replace(/^\ufeff/, "");
  } catch (cause) {
    throw new FileError(`cannot read "${file}"`, { cause });
  }
}

/** Whole files or none: each is written beside the old one and moved over it. Lists of ours that are not made now go. */
function writeFiles(folder: string, files: readonly OutputFile[]): void {
  try {
    fs.mkdirSync(folder, { recursive: true });
    for (const { name, text } of files) {
      const file = path.join(folder, name);
      fs.writeFileSync(`${file}.new`, text);
      fs.renameSync(`${file}.new`, file);
    }
    const made = new Set(files.map(({ name }) => name));
    for (const name of fs.readdirSync(folder)) {
      const isOurs = /^ioc-[a-z0-9-]+\.(?:ndjson|list|txt)$/.test(name);
      if (isOurs && !made.has(name)) fs.rmSync(path.join(folder, name));
    }
  } catch (cause) {
    throw new FileError(`cannot write to "${folder}"`, { cause });
  }
}

function printCounts(file: string, counts: ImportCounts): void {
  const { added, updated, expired, uncertain, problems } = counts;
  const parts = [`${added} new`, `${updated} known`];
  if (expired > 0) parts.push(`${expired} expired`);
  if (uncertain > 0) parts.push(`${uncertain} below the confidence wanted`);
  if (problems.length > 0) parts.push(`${problems.length} left out`);
  console.log(`${file}: ${parts.join(", ")}`);
  for (const { place, message } of problems.slice(0, PROBLEMS_SHOWN)) {
    console.error(`${file}: ${place}: ${message}`);
  }
  const rest = problems.length - PROBLEMS_SHOWN;
  if (rest > 0) console.error(`${file}: ${rest} more`);
}

function printSummary(
  folder: string,
  indicators: readonly MergedIndicator[],
  files: readonly OutputFile[],
  expired: number,
): void {
  const kinds = new Map<string, number>();
  for (const { kind } of indicators) kinds.set(kind, (kinds.get(kind) ?? 0) + 1);
  const list = [...kinds].map(([kind, count]) => `${count} ${kind}`).join(", ");
  const gone = expired === 0 ? "" : `; ${expired} expired and dropped`;
  console.log(
    `${indicators.length} indicators in ${folder}${list === "" ? "" : `: ${list}`}${gone}`,
  );
  console.log(`rules: ${path.join(folder, "ioc.rules")}`);
  if (files.some(({ name }) => name === "ioc-reputation.list")) {
    console.log(
      `for iprep: reputation-categories-file: ${path.join(folder, "ioc-categories.txt")}, ` +
        `default-reputation-path: ${folder}, reputation-files: [ioc-reputation.list]`,
    );
  }
}
