/**
 * Multi-pattern search over real pattern groups and real buffers, beside a dense Aho-Corasick
 * automaton in TypeScript, and what the tables cost to build. Needs the rules and captures in
 * ../shared.
 */
import fs from "node:fs";
import { Arena } from "../../src/core/bytes/arena.ts";
import { Kernels } from "../../src/core/match/kernels.ts";
import {
  MatchSet,
  MultiPatternBuilder,
  type MultiPatternMatcher,
} from "../../src/core/match/multi-pattern.ts";
import {
  type RealPattern,
  readPatternGroups,
  rulesFile,
} from "../../test/core/match/real-patterns.ts";
import { capturesFolder, readPayloads } from "../../test/core/match/real-payloads.ts";
import { AhoCorasick } from "./aho-corasick.ts";
import { printTable, timeVariants } from "./timing.ts";

const PAYLOAD_LIMIT_BYTES = 16 << 20;
const BUFFERS_MAX = 512;

interface Case {
  readonly name: string;
  readonly patterns: readonly RealPattern[];
  readonly buffers: readonly Uint8Array[];
}

/** Buffers of about a length, spread over all captures. */
function sized(buffers: readonly Uint8Array[], from: number, to: number): Uint8Array[] {
  const fitting = buffers.filter((buffer) => buffer.length >= from && buffer.length <= to);
  const every = Math.max(1, Math.floor(fitting.length / BUFFERS_MAX));
  return fitting.filter((_, index) => index % every === 0).slice(0, BUFFERS_MAX);
}

function readCases(): Case[] {
  const groups = readPatternGroups(rulesFile);
  const payloads = readPayloads(capturesFolder, PAYLOAD_LIMIT_BYTES);
  const group = (name: string): RealPattern[] => groups.get(name) ?? [];
  const tcp = group("payload/tcp");
  const large = sized(payloads.tcp, 1200, 1460);
  return [
    { name: "dns.query", patterns: group("dns.query"), buffers: sized(payloads.dnsNames, 16, 32) },
    { name: "http.uri", patterns: group("http.uri"), buffers: sized(payloads.uris, 20, 90) },
    { name: "payload tcp", patterns: tcp, buffers: sized(payloads.tcp, 180, 260) },
    { name: "payload tcp", patterns: tcp, buffers: large },
    { name: "payload tcp, a part", patterns: everyNth(tcp, 12), buffers: large },
    { name: "payload tcp, 20", patterns: everyNth(tcp, 118), buffers: large },
    { name: "http.header", patterns: group("http.header"), buffers: sized(payloads.tcp, 150, 180) },
    { name: "file.data", patterns: group("file.data"), buffers: large },
  ];
}

function everyNth(patterns: readonly RealPattern[], n: number): RealPattern[] {
  return patterns.filter((_, index) => index % n === 0);
}

function build(kernels: Kernels, patterns: readonly RealPattern[]): MultiPatternMatcher {
  const builder = new MultiPatternBuilder();
  patterns.forEach((pattern, id) => {
    builder.add(pattern.bytes, pattern.nocase, id);
  });
  return builder.build(kernels, kernels.arena);
}

function runCase({ name, patterns, buffers }: Case): string[] {
  const arena = new Arena(64 << 20);
  const kernels = new Kernels(arena);
  const automaton = new AhoCorasick(patterns);
  build(kernels, patterns);
  const buildStart = performance.now();
  const matcher = build(kernels, patterns);
  const buildMs = performance.now() - buildStart;
  const starts = buffers.map((buffer) => {
    const start = arena.allocate(buffer.length);
    arena.bytes.set(buffer, start);
    return start;
  });
  const out = new MatchSet(patterns.length);
  const overBuffers = (search: (start: number, end: number) => number) => (count: number) => {
    let sum = 0;
    for (let round = 0; round < count; round++) {
      const index = round % starts.length;
      const start = starts[index]!;
      sum += search(start, start + buffers[index]!.length);
    }
    return sum;
  };
  const [wasm, dense] = timeVariants([
    {
      name: "kernel",
      run: overBuffers((start, end) => {
        out.reset();
        matcher.search(arena.bytes, start, end, out);
        return out.count;
      }),
    },
    { name: "dense", run: overBuffers((start, end) => automaton.search(arena.bytes, start, end)) },
  ]);
  const length = buffers.reduce((sum, buffer) => sum + buffer.length, 0) / buffers.length;
  const kernelNs = wasm?.nanoseconds ?? 0;
  const denseNs = dense?.nanoseconds ?? 0;
  return [
    name,
    String(patterns.length),
    length.toFixed(0),
    kernelNs.toFixed(0),
    denseNs.toFixed(0),
    (denseNs / kernelNs).toFixed(1),
    buildMs.toFixed(1),
    (matcher.byteLength / patterns.length).toFixed(0),
  ];
}

/** Prints one row for each group. */
export async function run(): Promise<void> {
  if (!fs.existsSync(rulesFile)) {
    console.log("multi-pattern: skipped, the rules in ../shared are absent");
    return;
  }
  printTable(
    ["group", "patterns", "bytes", "kernel ns", "dense ns", "ratio", "build ms", "bytes/pattern"],
    readCases().map(runCase),
  );
}
