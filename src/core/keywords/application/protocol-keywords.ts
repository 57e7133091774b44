/**
 * The keywords that application protocols bring along, made from the declarations of their buffers and tests:
 * sticky buffers, the old content modifiers, tests of fields. Those of protocols without a parser come from
 * table.ts and are refused as unsupported.
 */
import type { BufferDeclaration } from "../../detect/buffer.ts";
import type { ContentItem } from "../../detect/content-item.ts";
import { defineKeyword, type Keyword } from "../../detect/keyword.ts";
import type { RuleDraft } from "../../detect/rule-draft.ts";
import type { ProtocolBuffer } from "../../protocols/buffer.ts";
import type { FlowSide } from "../../protocols/direction.ts";
import { protocols } from "../../protocols/index.ts";
import { buffersOf, testsOf } from "../../protocols/registry.ts";
import type { ProtocolTest } from "../../protocols/test.ts";
import { RuleError } from "../../rule/diagnostic.ts";
import { protocolKeyword } from "../families/protocol-keyword.ts";
import { protocolKeywordTable } from "./table.ts";

/** The buffers of all protocols as rules see them. */
export const protocolBuffers: ReadonlyMap<ProtocolBuffer, BufferDeclaration> = new Map(
  buffersOf(protocols).map((buffer) => [buffer, declarationOf(buffer)]),
);

/** The buffer with the name of its sticky keyword; for keywords that choose one by themselves (pcre). */
export function bufferNamed(name: string): BufferDeclaration | null {
  for (const declaration of protocolBuffers.values()) {
    if (declaration.name === name) return declaration;
  }
  return null;
}

const ready: readonly Keyword[] = [
  ...[...protocolBuffers].flatMap(([buffer, declaration]) => keywordsOf(buffer, declaration)),
  ...testsOf(protocols).map(testKeyword),
];
const readyNames = new Set(ready.flatMap(({ name, aliases }) => [name, ...(aliases ?? [])]));

export const protocolKeywords: readonly Keyword[] = [
  ...ready,
  ...protocolKeywordTable
    .flatMap(({ family, protocols: names, keywords }) =>
      keywords.map((row) => protocolKeyword({ family, protocols: names, ...row })),
    )
    .filter(({ name }) => !readyNames.has(name)),
].sort((a, b) => (a.name < b.name ? -1 : 1));

function declarationOf(buffer: ProtocolBuffer): BufferDeclaration {
  return {
    name: buffer.name,
    scope: "transaction",
    summary: buffer.summary,
    protocols: protocols
      .filter(({ buffers }) => buffers.some((source) => source.buffer === buffer))
      .map(({ name }) => name),
    multi: buffer.multi ?? false,
    fastPattern: buffer.noFastPattern !== true,
    protocolBuffer: buffer,
  };
}

function keywordsOf(buffer: ProtocolBuffer, declaration: BufferDeclaration): readonly Keyword[] {
  const sticky = stickyKeyword(buffer, declaration);
  return buffer.modifier === undefined ? [sticky] : [sticky, modifierKeyword(buffer, declaration)];
}

function stickyKeyword(buffer: ProtocolBuffer, declaration: BufferDeclaration): Keyword {
  const { name, aliases, sided, family, summary, since } = buffer;
  const sample = buffer.exampleContent ?? "abc";
  return defineKeyword<FlowSide | null>({
    name,
    ...(aliases && { aliases }),
    family,
    summary,
    syntax: sided === true ? `${name}[:to_server|to_client]` : name,
    since: since ?? "<=7.0",
    argument: sided === true ? "optional" : "none",
    examples: [
      { options: `${name}; content:"${sample}";`, meaning: `"${sample}" anywhere in ${name}` },
    ],
    parse(option) {
      if (sided !== true || !option.hasValue) {
        option.requireNone();
        return null;
      }
      const word = option.oneOf(option.whole, ["to_server", "to_client"], "direction");
      return word === "to_server" ? "toServer" : "toClient";
    },
    compile(side, draft) {
      checkSwitch(buffer, draft);
      checkNeeds(buffer, draft);
      const selected = draft.selectBuffer(declaration);
      selected.side = side;
      draft.onFinish(() => checkContents(buffer, draft));
    },
  });
}

function modifierKeyword(buffer: ProtocolBuffer, declaration: BufferDeclaration): Keyword {
  const name = buffer.modifier ?? "";
  return defineKeyword<void>({
    name,
    family: buffer.family,
    summary: `Looks for the content before it in ${buffer.name}.`,
    syntax: name,
    since: "<=7.0",
    argument: "none",
    examples: [{ options: `content:"abc"; ${name};`, meaning: `"abc" anywhere in ${buffer.name}` }],
    parse: (option) => option.requireNone(),
    compile(_, draft) {
      if (draft.hasSelection) {
        throw new RuleError(
          "modifier-with-sticky",
          `"${name}" cannot follow a sticky buffer: the content is bound to that one`,
          { hint: `write "${buffer.name};" before the content` },
        );
      }
      const content = draft.previousContent(name);
      if (content.rawBytes) {
        throw new RuleError("conflicting-modifier", `"rawbytes" and "${name}" exclude each other`);
      }
      draft.moveLastItem(content, declaration);
      draft.onFinish(() => checkContents(buffer, draft));
    },
  });
}

/** Where the configuration switches off what fills the buffer, nothing would ever be in it. */
function checkSwitch({ name, switchedBy }: ProtocolBuffer, draft: RuleDraft): void {
  if (switchedBy === undefined) return;
  const { protocol, option } = switchedBy;
  const settings = draft.builder.protocols.named(protocol)?.settings;
  if (settings === undefined || settings.switch(option, true)) return;
  throw new RuleError(
    "disabled-protocol",
    `nothing is ever in "${name}": "${protocol}.${option}" is off in the configuration`,
  );
}

/** What it needs is asked for, so that it is there when traffic comes. */
function checkNeeds(
  { name, needs }: Pick<ProtocolBuffer | ProtocolTest, "name" | "needs">,
  { builder }: RuleDraft,
): void {
  if (needs === undefined) return;
  needs satisfies "magic library";
  const { magic } = builder;
  if (magic === undefined || magic.remedy !== null) {
    throw new RuleError("unsupported-keyword", `"${name}" needs libmagic, which is not there`, {
      severity: "unsupported",
      ...(magic?.remedy && { hint: magic.remedy }),
    });
  }
  magic.want();
}

/** Contents take the case of the buffer; those that can never be in it are refused. */
function checkContents(buffer: ProtocolBuffer, draft: RuleDraft): void {
  const { refuses, foldsContents } = buffer;
  if (refuses === undefined && foldsContents === undefined) return;
  for (const { declaration, transforms, items } of draft.buffers) {
    if (declaration.protocolBuffer !== buffer || transforms.length > 0) continue;
    for (const item of items) {
      if (item.keyword !== "content") continue;
      const content = item as ContentItem; // only ContentItem has this keyword
      const reason = refuses?.(content.pattern, content.nocase) ?? null;
      if (foldsContents !== undefined) foldPattern(content, foldsContents);
      if (reason !== null) throw new RuleError("impossible-content", reason);
    }
  }
}

/** Changes the pattern in place: nothing was made of it yet. */
function foldPattern(content: ContentItem, wanted: "lower" | "upper"): void {
  const { pattern } = content;
  const first = wanted === "lower" ? 0x41 : 0x61;
  for (let i = 0; i < pattern.length; i++) {
    const byte = pattern[i]!;
    if (byte >= first && byte < first + 26) pattern[i] = byte ^ 0x20;
  }
  content.nocase = false;
}

function testKeyword(test: ProtocolTest): Keyword {
  const { name, aliases, family, summary, syntax, since, argument, examples } = test;
  return defineKeyword({
    name,
    ...(aliases && { aliases }),
    family,
    summary,
    syntax,
    since: since ?? "<=7.0",
    argument,
    examples,
    parse: (option) => option,
    compile(option, draft) {
      checkNeeds(test, draft);
      if (test.once === true) draft.refuseRepetition();
      const { builder, syntax } = draft;
      const place = { kind: "rules", ruleFile: syntax.span.file } as const;
      // Beside the rule, as other lists; then in the data directory.
      const readFile = (path: string) => builder.readFile(path, place) ?? builder.readFile(path);
      const host = { readFile };
      const value = test.parse(option, host);
      draft.transactionTests.push({ test, value, side: test.sideOf?.(value) ?? null });
    },
  });
}
