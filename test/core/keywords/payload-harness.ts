/**
 * One rule's options compiled and run on one buffer, without prefilter, packets or streams: what the tests of
 * payload keywords and transforms share.
 */
import { Arena } from "../../../src/core/bytes/arena.ts";
import { latin1ToBytes } from "../../../src/core/bytes/latin1.ts";
import { base64Buffer, payloadBuffer } from "../../../src/core/detect/buffer.ts";
import { ByteRange } from "../../../src/core/detect/byte-range.ts";
import { BufferInspection, Chain } from "../../../src/core/detect/chain.ts";
import { DetectionContext } from "../../../src/core/detect/detection-context.ts";
import { DetectionState } from "../../../src/core/detect/detection-state.ts";
import type { Keyword } from "../../../src/core/detect/keyword.ts";
import { NameTable, type RuleBuilder } from "../../../src/core/detect/rule-builder.ts";
import { type BufferDraft, RuleDraft } from "../../../src/core/detect/rule-draft.ts";
import { packetBufferKeyword } from "../../../src/core/keywords/families/packet-buffer-keyword.ts";
import { keywords } from "../../../src/core/keywords/index.ts";
import { Kernels } from "../../../src/core/match/kernels.ts";
import { protocols } from "../../../src/core/protocols/index.ts";
import { ProtocolRegistry } from "../../../src/core/protocols/registry.ts";
import { defaultSettings } from "../../../src/core/protocols/settings.ts";
import { RuleError } from "../../../src/core/rule/diagnostic.ts";
import { OptionText } from "../../../src/core/rule/option-text.ts";
import { parseRules } from "../../../src/core/rule/parse-rules.ts";
import type { RuleSyntax } from "../../../src/core/rule/syntax-tree.ts";
import { readZone } from "../../../src/node/site/zone-table.ts";
import { FakeMagic } from "../../support/fake-magic.ts";

const arena = new Arena(64 << 20);
const kernels = new Kernels(arena);
const BUFFER_BYTES = 1 << 20;
const bufferAt = arena.allocate(BUFFER_BYTES);
const scratchAt = [arena.allocate(BUFFER_BYTES), arena.allocate(BUFFER_BYTES)] as const;

/** Stand-ins for the sticky buffers that examples name: each is the buffer under test. */
const sticky = ["udp.hdr", "test.buffer"].map((name) =>
  packetBufferKeyword({ name, family: "test", summary: "A buffer.", locate: () => false }),
);
const table = new Map<string, Keyword>();
for (const keyword of [...keywords, ...sticky]) {
  table.set(keyword.name, keyword);
  for (const alias of keyword.aliases ?? []) table.set(alias, keyword);
}

export interface CompiledPayload {
  readonly draft: RuleDraft;
  readonly context: DetectionContext;
  readonly inspection: BufferInspection;
  readonly chains: readonly { readonly buffer: BufferDraft; readonly chain: Chain }[];
}

/** Compiles options such as `content:"a"; depth:1;`. Throws RuleError. */
export function compile(options: string, protocol = "tcp"): CompiledPayload {
  const state = new DetectionState();
  state.reputation.loadCategories("1,CnC,Servers\n2,Mobile,Phones");
  const draft = new RuleDraft(parseOne(options, protocol), createBuilder(state));
  for (const option of draft.syntax.options) {
    const { name, value } = option;
    const keyword = table.get(name);
    if (keyword === undefined) throw new Error(`the test names the unknown keyword "${name}"`);
    draft.option = option;
    keyword.apply(new OptionText(name, value), draft);
  }
  draft.finish();
  const context = new DetectionContext(arena.bytes, state);
  const chains = draft.buffers.map((buffer) => ({
    buffer,
    chain: new Chain(buffer.items.map((item) => item.build(draft.builder))),
  }));
  return { draft, context, inspection: new BufferInspection(context), chains };
}

export interface Window {
  /** Offset of the bytes in their stream. */
  readonly offset?: number;
}

/** Whether every buffer of the rule matches in these bytes (latin-1 text or bytes). */
export function matches(
  rule: string | CompiledPayload,
  data: string | Uint8Array,
  window: Window = {},
): boolean {
  const compiled = typeof rule === "string" ? compile(rule) : rule;
  const { inspection, chains } = compiled;
  const bytes = typeof data === "string" ? latin1ToBytes(data) : data;
  arena.bytes.set(bytes, bufferAt);
  for (const { buffer, chain } of chains) {
    const range = new ByteRange(arena.bytes);
    range.start = bufferAt;
    range.end = bufferAt + bytes.length;
    if (buffer.declaration === base64Buffer) {
      range.start = inspection.base64Start;
      range.end = inspection.base64End;
    } else if (!applyTransforms(buffer, range)) return false;
    inspection.start = inspection.cursor = range.start;
    inspection.end = range.end;
    inspection.offset = window.offset ?? 0;
    inspection.steps = 0;
    inspection.stop = false;
    if (!chain.match(inspection, 0)) return false;
  }
  return true;
}

/** What the transforms of `options` make of the bytes; null where one fails. */
export function transform(options: string, data: string | Uint8Array): Uint8Array | null {
  const { chains } = compile(`test.buffer; ${options} content:!"x";`);
  const buffer = chains.find(
    ({ buffer: { declaration } }) => declaration !== payloadBuffer,
  )?.buffer;
  if (buffer === undefined) throw new Error("no transform");
  const bytes = typeof data === "string" ? latin1ToBytes(data) : data;
  arena.bytes.set(bytes, bufferAt);
  const range = new ByteRange(arena.bytes);
  range.start = bufferAt;
  range.end = bufferAt + bytes.length;
  return applyTransforms(buffer, range) ? arena.bytes.slice(range.start, range.end) : null;
}

function applyTransforms(buffer: BufferDraft, range: ByteRange): boolean {
  for (const [index, step] of buffer.transforms.entries()) {
    const output = new ByteRange(arena.bytes);
    output.start = output.end = scratchAt[index % 2 === 0 ? 0 : 1];
    if (!step.apply(range, output, output.start + BUFFER_BYTES)) return false;
    range.start = output.start;
    range.end = output.end;
  }
  return true;
}

/** The code of the RuleError that the options give, or "" when they compile. */
export function problem(options: string): string {
  return problemOf(options)?.code ?? "";
}

export function problemOf(options: string): RuleError | null {
  try {
    compile(options);
    return null;
  } catch (error) {
    if (error instanceof RuleError) return error;
    throw error;
  }
}

function parseOne(options: string, protocol: string): RuleSyntax {
  const found: RuleSyntax[] = [];
  const problems: string[] = [];
  parseRules(
    "test.rules",
    `alert ${protocol} any any -> any any (${options})`,
    (rule) => found.push(rule),
    (diagnostic) => problems.push(diagnostic.message),
  );
  const [rule] = found;
  if (rule === undefined) throw new Error(`the rule does not parse: ${problems.join("; ")}`);
  return rule;
}

function createBuilder(state: DetectionState): RuleBuilder {
  return {
    arena,
    kernels,
    state,
    variables: { addressGroups: new Map(), portGroups: new Map() },
    limits: { regexStepsMax: 100_000, asn1FramesMax: 30 },
    flowBits: new NameTable(),
    flowInts: new NameTable(),
    hostBits: new NameTable(),
    xBits: new NameTable(),
    flowVariables: new NameTable(),
    packetVariables: new NameTable(),
    protocols: new ProtocolRegistry(protocols, () => defaultSettings),
    readZone,
    magic: new FakeMagic(),
    // The list that examples name, empty.
    readFile: (path) => (path === "known.list" ? new Uint8Array(0) : null),
  };
}
