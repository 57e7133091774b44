/**
 * The protocols of one engine by number and name: which are on, what rules may call them. Number 0 is
 * "unknown"; the numbers are private to a process.
 */
import type { BufferSource, ProtocolBuffer } from "./buffer.ts";
import type { FlowSide } from "./direction.ts";
import type { ParserFactory, ProtocolDeclaration } from "./protocol.ts";
import type { Settings } from "./settings.ts";
import type { ProtocolTest, TestSource } from "./test.ts";

export const UNKNOWN_PROTOCOL = 0;
/** Looked for and not found. */
export const FAILED_PROTOCOL = 255;

export interface RegisteredProtocol {
  readonly id: number;
  readonly declaration: ProtocolDeclaration;
  readonly eveName: string;
  /** yes; no; detection-only: recognised, not parsed. */
  readonly mode: "yes" | "no" | "detection-only";
  /** Null: recognised, not parsed. */
  readonly factory: ParserFactory | null;
  readonly completeToServer: number;
  readonly completeToClient: number;
  readonly settings: Settings;
  /** Bytes of each direction that are followed, 0 for all; -1: as all of TCP. */
  readonly streamDepthBytes: number;
  /** Numbers of the protocols that are kinds of this one. */
  readonly kindIds: readonly number[];
  /** What the buffers and tests read from its transactions, by direction: [to server, to client]. */
  readonly sources: readonly [
    ReadonlyMap<ProtocolBuffer, BufferSource>,
    ReadonlyMap<ProtocolBuffer, BufferSource>,
  ];
  readonly testSources: readonly [
    ReadonlyMap<ProtocolTest, TestSource>,
    ReadonlyMap<ProtocolTest, TestSource>,
  ];
}

export class ProtocolRegistry {
  readonly protocols: readonly RegisteredProtocol[];
  private readonly byName = new Map<string, RegisteredProtocol>();
  private readonly byRuleName = new Map<string, RegisteredProtocol[]>();
  private readonly byField = new Map<ProtocolBuffer | ProtocolTest, RegisteredProtocol[]>();

  /** `settingsOf` gives the configuration of a protocol, by its name there. */
  constructor(
    declarations: readonly ProtocolDeclaration[],
    settingsOf: (configName: string) => Settings,
  ) {
    this.protocols = declarations.map((declaration, index) => {
      const settings = settingsOf(declaration.configName ?? declaration.name);
      return register(declaration, index + 1, settings, kindsOf(declaration, declarations));
    });
    for (const protocol of this.protocols) {
      const { name, ruleNames } = protocol.declaration;
      this.byName.set(name, protocol);
      for (const ruleName of new Set([name, ...(ruleNames ?? [])])) {
        addTo(this.byRuleName, ruleName, protocol);
      }
      const { sources, testSources } = protocol;
      const fields = [...sources, ...testSources].flatMap((side) => [...side.keys()]);
      for (const field of new Set(fields)) addTo(this.byField, field, protocol);
    }
  }

  /** The protocols that fill a buffer, or run a test, in some direction. */
  havingField(field: ProtocolBuffer | ProtocolTest): readonly RegisteredProtocol[] {
    return this.byField.get(field) ?? [];
  }

  /** The protocol with a number; null for unknown and failed. */
  of(id: number): RegisteredProtocol | null {
    return this.protocols[id - 1] ?? null;
  }

  named(name: string): RegisteredProtocol | null {
    return this.byName.get(name) ?? null;
  }

  /** The protocols that a name in a rule means; empty when there is none. */
  forRules(name: string): readonly RegisteredProtocol[] {
    return this.byRuleName.get(name) ?? [];
  }

  ruleNames(): readonly string[] {
    return [...this.byRuleName.keys()];
  }

  /** The name that EVE writes: "failed", "unknown" or the protocol's. */
  eveName(id: number): string {
    if (id === UNKNOWN_PROTOCOL) return "unknown";
    return id === FAILED_PROTOCOL ? "failed" : (this.of(id)?.eveName ?? "unknown");
  }
}

function addTo<Key>(
  lists: Map<Key, RegisteredProtocol[]>,
  key: Key,
  protocol: RegisteredProtocol,
): void {
  const list = lists.get(key);
  if (list === undefined) lists.set(key, [protocol]);
  else list.push(protocol);
}

function register(
  declaration: ProtocolDeclaration,
  id: number,
  settings: Settings,
  kindIds: readonly number[],
): RegisteredProtocol {
  const mode = modeOf(declaration, settings);
  const { toServer, toClient } = declaration.states;
  return {
    id,
    declaration,
    eveName: declaration.eveName ?? declaration.name,
    mode,
    factory: mode === "yes" ? (declaration.createFactory?.(settings) ?? null) : null,
    completeToServer: toServer.length - 1,
    completeToClient: toClient.length - 1,
    settings,
    streamDepthBytes: declaration.streamDepthBytes?.(settings) ?? -1,
    kindIds,
    sources: [sourcesOf(declaration, "toServer"), sourcesOf(declaration, "toClient")],
    testSources: [testsOfSide(declaration, "toServer"), testsOfSide(declaration, "toClient")],
  };
}

function kindsOf(
  { name }: ProtocolDeclaration,
  declarations: readonly ProtocolDeclaration[],
): readonly number[] {
  return declarations.flatMap(({ kindOf }, index) => (kindOf === name ? [index + 1] : []));
}

function sourcesOf(
  { buffers }: ProtocolDeclaration,
  side: FlowSide,
): ReadonlyMap<ProtocolBuffer, BufferSource> {
  const found = buffers.filter((source) => source.side === side);
  return new Map(found.map((source) => [source.buffer, source]));
}

function testsOfSide(
  { tests }: ProtocolDeclaration,
  side: FlowSide,
): ReadonlyMap<ProtocolTest, TestSource> {
  const found = tests.filter((source) => source.side === side);
  return new Map(found.map((source) => [source.test, source]));
}

function modeOf(declaration: ProtocolDeclaration, settings: Settings): RegisteredProtocol["mode"] {
  if (settings.text("enabled") === "detection-only") return "detection-only";
  return settings.switch("enabled", declaration.enabledByDefault) ? "yes" : "no";
}

/** All buffers that some protocol fills, each once. */
export function buffersOf(declarations: readonly ProtocolDeclaration[]): readonly ProtocolBuffer[] {
  const found = new Set<ProtocolBuffer>();
  for (const { buffers } of declarations) for (const { buffer } of buffers) found.add(buffer);
  return [...found];
}

/** All tests that some protocol runs, each once. */
export function testsOf(declarations: readonly ProtocolDeclaration[]): readonly ProtocolTest[] {
  const found = new Set<ProtocolTest>();
  for (const { tests } of declarations) {
    for (const { test, keywords } of tests)
      for (const keyword of keywords ?? [test]) found.add(keyword);
  }
  return [...found];
}
