/**
 * What a reader of rules would remark on a rule that loads: no message, no revision, a class or a reference system
 * that no file declares, contents that exclude each other. Asked for by `shrike check` only: a replay has
 * nothing to gain from it. Slow rules are found by validate-draft.ts, as they are loaded.
 */
import { RuleError } from "../rule/diagnostic.ts";
import type { Classification, ReferenceSystem } from "../rule/reference-files.ts";
import { didYouMean } from "../rule/suggest.ts";
import type { RuleOption } from "../rule/syntax-tree.ts";
import type { ContentItem, Quantity } from "./content-item.ts";
import type { BufferDraft, RuleDraft } from "./rule-draft.ts";

/** What the list files declare, by lower-case name. */
export interface DeclaredNames {
  readonly classifications: ReadonlyMap<string, Classification>;
  readonly references: ReadonlyMap<string, ReferenceSystem>;
}

/** Adds warnings to the draft, all options of which have been read. */
export function reviewDraft(draft: RuleDraft, names: DeclaredNames): void {
  if (draft.message === "")
    warn(draft, null, "missing-msg", "the rule has no msg", 'add "msg:..."');
  if (draft.revision === 0) warn(draft, null, "missing-rev", "the rule has no rev", 'add "rev:1;"');
  reviewMessage(draft);
  reviewClass(draft, names.classifications);
  reviewReferences(draft, names.references);
  for (const buffer of draft.buffers) reviewContents(draft, buffer);
}

/** A message may hold quotes, so a forgotten semicolon after it swallows the next option. */
function reviewMessage(draft: RuleDraft): void {
  const swallowed = /"\s+([a-z][a-z0-9_.-]*)\s*:/i.exec(draft.message)?.[1];
  if (swallowed === undefined || !draft.keywordNames.has(swallowed)) return;
  const message = `"${swallowed}" is a part of the message`;
  warn(draft, "msg", "missing-semicolon", message, 'is there a ";" missing before it?');
}

function reviewClass(draft: RuleDraft, known: DeclaredNames["classifications"]): void {
  const name = draft.classtype;
  if (name === null || known.has(name.toLowerCase())) return;
  const message = `class "${name}" is in no classification file; the priority is 3`;
  warn(draft, "classtype", "unknown-classtype", message, didYouMean(name, known.keys()));
}

function reviewReferences(draft: RuleDraft, known: DeclaredNames["references"]): void {
  const options = draft.syntax.options.filter(({ name }) => name === "reference");
  for (const [index, { system }] of draft.references.entries()) {
    if (known.has(system.toLowerCase())) continue;
    const message = `reference system "${system}" is in no reference file`;
    const hint = didYouMean(system, known.keys());
    warn(draft, options[index] ?? null, "unknown-reference", message, hint);
  }
}

/** Contents that can never all hold in one buffer. */
function reviewContents(draft: RuleDraft, { declaration, items }: BufferDraft): void {
  const contents = items.filter((item): item is ContentItem => item.keyword === "content");
  for (const [index, first] of contents.entries()) {
    for (const second of contents.slice(index + 1)) {
      if (!excludeEachOther(first, second)) continue;
      const message = `contents "${show(first)}" and "${show(second)}" of "${declaration.name}" exclude each other`;
      warn(draft, null, "conflicting-contents", message, "the rule can never match");
      return;
    }
  }
}

function excludeEachOther(a: ContentItem, b: ContentItem): boolean {
  if (a.negated !== b.negated) return a.negated ? forbids(a, b) : forbids(b, a);
  return !a.negated && differInPlace(a, b);
}

/** The negated content may be nowhere in the buffer, and is a part of the other. */
function forbids(negated: ContentItem, wanted: ContentItem): boolean {
  const isLimited = negated.relative || negated.startsWith || negated.endsWith;
  if (isLimited || negated.offset !== null || negated.depth !== null) return false;
  if (wanted.nocase && !negated.nocase) return false;
  return text(wanted, negated.nocase).includes(text(negated, negated.nocase));
}

/** Both must stand at fixed places that overlap, with other bytes there. */
function differInPlace(a: ContentItem, b: ContentItem): boolean {
  const aStart = fixedPlace(a);
  const bStart = fixedPlace(b);
  if (aStart < 0 || bStart < 0) return false;
  const start = Math.max(aStart, bStart);
  const end = Math.min(aStart + a.pattern.length, bStart + b.pattern.length);
  if (start >= end) return false;
  const nocase = a.nocase || b.nocase;
  const part = (content: ContentItem, from: number): string =>
    text(content, nocase).slice(start - from, end - from);
  return part(a, aStart) !== part(b, bStart);
}

/** Where the content must begin, or -1 when that is open. */
function fixedPlace(content: ContentItem): number {
  if (content.relative) return -1;
  if (content.startsWith) return 0;
  if (numberOf(content.depth) !== content.pattern.length) return -1;
  return content.offset === null ? 0 : numberOf(content.offset);
}

function numberOf(quantity: Quantity | null): number {
  return quantity?.kind === "number" ? quantity.value : -1;
}

function text({ pattern }: ContentItem, nocase: boolean): string {
  const exact = String.fromCharCode(...pattern);
  return nocase ? exact.toLowerCase() : exact;
}

const SHOWN_CHARACTERS_MAX = 24;

function show(content: ContentItem): string {
  const readable = text(content, false).replace(/[^ -~]/g, ".");
  const shown = readable.slice(0, SHOWN_CHARACTERS_MAX);
  return `${content.negated ? "!" : ""}${shown}${readable.length > shown.length ? "..." : ""}`;
}

/** Notes a warning at an option (the first of that name), or at the whole rule. */
function warn(
  draft: RuleDraft,
  at: RuleOption | string | null,
  code: string,
  message: string,
  hint?: string,
): void {
  const option =
    typeof at === "string" ? (draft.syntax.options.find(({ name }) => name === at) ?? null) : at;
  const place = { severity: "warning" as const, ...(hint === undefined ? {} : { hint }) };
  draft.warnings.push({ option, problem: new RuleError(code, message, place) });
}
